"""Scenes of garments: what is pasted where, and from which images."""

import numpy as np
import pytest

from stages.datasets import Raw, fashion_mnist, fashion_scenes

RANDOM = np.random.RandomState(0)
GARMENTS = RANDOM.randint(100, 256, size=(40, 28, 28, 1)).astype(np.uint8)
LABELS = np.arange(40) % 10
IMAGES, MAPS = fashion_scenes.scenes(GARMENTS, LABELS, 30, seed=0)


def test_a_scene_has_a_class_for_each_pixel():
    assert IMAGES.shape == (30, 40, 40, 1)
    assert MAPS.shape == (30, 40, 40)
    assert IMAGES.dtype == MAPS.dtype == np.uint8
    assert np.array_equal(MAPS == 0, IMAGES[..., 0] == 0), "these garments have no dark pixels"
    assert set(np.unique(MAPS)) == set(range(11))


def test_it_has_two_to_four_garments_of_many_sizes():
    counts = [len(np.unique(scene)) - 1 for scene in MAPS]
    assert max(counts) <= 4
    pixels = (MAPS > 0).sum(axis=(1, 2))
    assert pixels.min() >= 14 * 14
    assert len(set(pixels)) > 20


def test_a_garment_in_front_hides_the_one_behind():
    """Each pixel is of the class whose garment is seen there: one gray level for each class."""
    of_level = np.broadcast_to((20 + 20 * LABELS)[:, None, None, None], GARMENTS.shape)
    images, maps = fashion_scenes.scenes(of_level.astype(np.uint8), LABELS, 30, seed=0)
    assert np.array_equal(images[..., 0][maps > 0], 20 * maps[maps > 0])


def test_the_seed_decides():
    again, other = (fashion_scenes.scenes(GARMENTS, LABELS, 30, seed)[0] for seed in (0, 1))
    assert np.array_equal(IMAGES, again)
    assert not np.array_equal(IMAGES, other)


def test_test_scenes_are_of_test_images_alone(monkeypatch, tmp_path):
    """Training garments are brighter than 150, test garments darker; so are their scenes."""
    bright, dark = np.full_like(GARMENTS, 200), np.full_like(GARMENTS, 100)
    raw = Raw(bright, LABELS, dark, LABELS, fashion_mnist.CLASSES, "drawn")
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: raw)
    made = fashion_scenes.load(tmp_path)
    assert set(np.unique(made.train_images)) == {0, 200}
    assert set(np.unique(made.test_images)) == {0, 100}
    assert (len(made.train_images), len(made.test_images)) == (2000, 500)
    assert made.classes == ["background", *fashion_mnist.CLASSES]
    assert made.source.startswith("drawn; 2000 and 500 scenes")


@pytest.mark.parametrize("level", [15, 16])
def test_what_is_too_dark_to_be_seen_is_background(level):
    _, maps = fashion_scenes.scenes(np.full_like(GARMENTS, level), LABELS, 5, seed=0)
    assert (maps.max() > 0) == (level >= 16)
