"""Pixel statistics, and the layout that training reads."""

import numpy as np
import pytest

from stages import download, files, normalize


def test_statistics_by_hand():
    images = np.array([0, 10, 20, 90], dtype=np.uint8)
    assert normalize.pixel_statistics(images) == {"zero_centered": {"mean": 30.0, "maximum": 60.0}}


def test_the_digits_keep_their_order_and_their_values(tmp_path):
    from sklearn.datasets import load_digits

    download.main("digits", tmp_path / "digits.npz")
    normalize.main(tmp_path / "digits.npz", tmp_path)
    train, test = (np.load(tmp_path / f"{part}_images.npy") for part in ("train", "test"))
    official = load_digits()
    assert (train.shape, test.shape, train.dtype) == ((1000, 1, 8, 8), (797, 1, 8, 8), np.uint8)
    np.testing.assert_array_equal(
        np.round(np.concatenate([train, test])[:, 0] / (255 / 16)), official.images
    )
    labels = np.concatenate(
        [np.load(tmp_path / f"{part}_labels.npy") for part in ("train", "test")]
    )
    np.testing.assert_array_equal(labels, official.target)
    assert files.read_json(tmp_path / "statistics.json")["zero_centered"]["mean"] == pytest.approx(
        train.astype(float).mean()
    )
    assert files.read_json(tmp_path / "classes.json")["names"] == list("0123456789")
