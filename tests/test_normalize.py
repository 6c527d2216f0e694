"""The layout that training reads, and what is counted of the images."""

import numpy as np
import pytest

from stages import download, files, normalize
from stages.datasets.likeness import BY_LEVELS


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
    assert files.read_json(tmp_path / "facts.json") == {
        "train_images": 1000,
        "test_images": 797,
        "copies": 0,
        "copies_by": BY_LEVELS,
        "near_places": 130,
        # Of an independent audit: 58 % lie within 130 positions, 14 % by chance.
        "near": pytest.approx(0.58, abs=0.005),
        "near_by_chance": pytest.approx(0.14, abs=0.005),
    }
    assert files.read_json(tmp_path / "classes.json")["names"] == list("0123456789")
