"""A data set made from another: its classes, its images, and what can't be selected."""

import numpy as np
import pytest

from stages.command import Problem
from stages.datasets import Raw, digits
from stages.datasets.selection import select
from stages.study.data import Options

RANDOM = np.random.RandomState(0)
NAMES = ["cat", "dog", "ship"]
LABELS = np.arange(60) % 3
COLOUR = Raw(
    RANDOM.randint(256, size=(60, 8, 8, 3), dtype=np.uint8),
    LABELS,
    RANDOM.randint(256, size=(12, 8, 8, 3), dtype=np.uint8),
    LABELS[:12],
    NAMES,
    "drawn",
)


def selected(raw: Raw = COLOUR, **options) -> Raw:
    return select(raw, Options(of="source", **options).model_dump())


def test_classes_get_their_labels_in_the_order_of_the_study():
    chosen = selected(classes=["ship", "cat"])
    assert chosen.classes == ["ship", "cat"]
    kept = np.flatnonzero(LABELS != 1)
    assert np.array_equal(chosen.train_images, COLOUR.train_images[kept])
    assert np.array_equal(chosen.train_labels, np.where(LABELS[kept] == 2, 0, 1))
    assert np.array_equal(chosen.test_labels, np.where(LABELS[:12][LABELS[:12] != 1] == 2, 0, 1))


def test_per_class_leaves_the_test_images_alone():
    chosen = selected(per_class=4)
    assert np.bincount(chosen.train_labels).tolist() == [4, 4, 4]
    assert np.array_equal(chosen.test_images, COLOUR.test_images)


def test_a_smaller_choice_is_part_of_a_larger_one_whatever_other_classes_there_are():
    few, more = (images(selected(per_class=count).train_images) for count in (4, 9))
    assert few < more
    alone = selected(classes=["dog", "cat"], per_class=4)
    assert images(alone.train_images) < few


def test_the_seed_decides_which():
    first, again, other = (selected(per_class=4, seed=seed).train_images for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_pixels_are_shuffled_in_one_order_for_all_images():
    """Each pixel keeps its channels, and another seed is another order."""
    shuffled, other = (selected(permuted=True, seed=seed) for seed in (0, 1))
    orders = []
    for after, before in (
        (shuffled.train_images, COLOUR.train_images),
        (shuffled.test_images, COLOUR.test_images),
    ):
        pixels, places = (of.reshape(len(of), 64, 3) for of in (after, before))
        orders.append(
            [next(k for k in range(64) if (places[:, k] == pixels[:, i]).all()) for i in range(64)]
        )
    assert sorted(orders[0]) == list(range(64)) != orders[0] == orders[1]
    assert (shuffled.train_images != other.train_images).any()
    assert np.array_equal(shuffled.train_labels, COLOUR.train_labels)


def test_gray_is_itu_r_601():
    gray = selected(gray=True).train_images
    assert gray.shape == (60, 8, 8, 1)
    reference = COLOUR.train_images @ np.array([0.299, 0.587, 0.114])
    assert np.abs(gray[..., 0] - reference).max() <= 0.51


def test_gray_is_what_torchvision_makes_of_the_same_image():
    from PIL import Image
    from torchvision.transforms.functional import rgb_to_grayscale

    theirs = rgb_to_grayscale(Image.fromarray(COLOUR.train_images[0]))
    assert np.array_equal(selected(gray=True).train_images[0, ..., 0], np.asarray(theirs))


def test_half_the_size_weighs_four_pixels_by_a_triangle():
    """Seen from between two pixels, these are half a pixel away, the next ones one and a half:
    weights of 3 and 1, of a triangle that is 2 wide to each side; at the edge one is missing."""
    rows = np.zeros((4, 8))
    for i in range(4):
        for offset, weight in zip((-1, 0, 1, 2), (1, 3, 3, 1), strict=True):
            if 0 <= 2 * i + offset < 8:
                rows[i, 2 * i + offset] = weight
    rows /= rows.sum(axis=1, keepdims=True)
    half = selected(size=4).train_images
    reference = np.einsum("ij,njkc,lk->nilc", rows, COLOUR.train_images, rows)
    assert half.shape == (60, 4, 4, 3)
    assert np.abs(half - reference).max() <= 1.01


def test_gray_images_can_be_resized_and_stay_as_they_are_at_their_size(tmp_path):
    raw = digits.load(tmp_path)
    assert selected(raw, size=16, gray=True).test_images.shape == (797, 16, 16, 1)
    same = selected(raw, size=8, gray=True)
    assert np.array_equal(same.train_images, raw.train_images)


def test_what_was_done_is_said_where_the_source_is():
    said = selected(classes=["dog", "cat"], per_class=4, size=4, gray=True).source
    of_each = "4 training images of each, seed 0"
    assert said == f"drawn; classes dog, cat; {of_each}; resized to 4x4 pixels; in gray"


def test_what_cannot_be_selected():
    with pytest.raises(Problem, match=r"source has no class 'cow'; allowed: cat, dog, ship"):
        selected(classes=["cat", "cow"])
    with pytest.raises(Problem, match=r"^per_class: found 21, but 'cat' of source has 20 training"):
        selected(per_class=21)


def images(array: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in array}


def test_test_images_may_be_fewer_too():
    chosen = selected(test_per_class=2)
    assert np.bincount(chosen.test_labels).tolist() == [2, 2, 2]
    assert np.array_equal(chosen.train_images, COLOUR.train_images)
    assert "2 test images of each" in chosen.source
    with pytest.raises(Problem, match=r"test_per_class: found 5, but 'cat' of source has 4 test"):
        selected(test_per_class=5)


@pytest.mark.parametrize(
    ("gray", "channels"), [(False, ["red", "green", "blue"]), (True, ["gray"])]
)
def test_what_images_were_before_is_to_be_predicted(gray, channels):
    chosen = selected(per_class=4, size=4, gray=gray, target="original")
    plain = selected(per_class=4, gray=gray)
    assert chosen.train_images.shape == (12, 4, 4, len(channels))
    assert np.array_equal(chosen.train_labels, plain.train_images)
    assert np.array_equal(chosen.test_labels, plain.test_images)
    assert np.array_equal(
        chosen.train_images, selected(per_class=4, size=4, gray=gray).train_images
    )
    assert chosen.classes == channels
