"""Series by Saito's formula: their means and their noise, within what so many draws allow."""

import numpy as np

from stages.datasets.cylinder_bell_funnel import CLASSES, HIGHEST, LOWEST, SHAPE, load

RAW = load(None)


def values(label: int) -> np.ndarray:
    """The test series of a class, [n, 128], in the formula's units."""
    images = RAW.test_images[RAW.test_labels == label]
    assert images.shape[1:] == (*SHAPE[1:], SHAPE[0])
    return images[..., 0, 0] / 255 * (HIGHEST - LOWEST) + LOWEST


def test_a_third_of_the_series_has_each_shape():
    assert RAW.classes == CLASSES
    for labels in (RAW.train_labels, RAW.test_labels):
        assert np.bincount(labels).tolist() == [1000, 1000, 1000]
    assert (RAW.train_images != RAW.test_images).any(axis=(1, 2, 3)).all()


def test_before_it_begins_there_is_standard_normal_noise():
    """t below 16, where no series has begun: mean 0, standard deviation 1, but for what the 8 bits
    round."""
    early = np.concatenate([values(label)[:, :15] for label in range(3)])
    assert abs(early.mean()) < 0.03
    assert abs(early.std() - 1) < 0.03


def test_from_32_to_48_all_have_begun_and_none_has_ended():
    """A cylinder's mean is 6 there, a bell's rises and a funnel's falls by the expected slope, 6
    times the mean of 1 / (b - a)."""
    slope = 6 * np.mean(1 / np.arange(32, 97))
    means = [values(label)[:, 31:48].mean(axis=0) for label in range(3)]
    np.testing.assert_allclose(means[0], 6, atol=0.15)
    for mean, sign in ((means[1], 1), (means[2], -1)):
        found = np.polyfit(np.arange(17), mean, 1)[0]
        assert abs(found - sign * slope) < 0.02


def test_it_is_the_same_every_time():
    assert (load(None).train_images == RAW.train_images).all()
