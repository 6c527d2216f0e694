"""What is said of a data set: from its numbers, and in the right number of things."""

import pandas as pd
import pytest
from ladders import SCORE

from stages.page.data import said

ROW = {
    "train_images": 1000,
    "validation_images": 100,
    "test_images": 797,
    "copies": 0,
    "copies_by": "within reach",
    "near_places": 130,
    "near": 0.584,
    "near_by_chance": 0.139,
    "blocks": 6,
    "rungs": 10,
    "block_effect": 2.46,
    "block_effect_low": 0.04,
    "block_effect_high": 5.68,
}
NAN = float("nan")


def sentences(**changed) -> list[str]:
    return said(pd.DataFrame([ROW | changed]), SCORE)


def test_a_data_set_in_the_order_of_its_writers():
    assert sentences() == [
        "Of 1,000 training images 100 are for validation, drawn at random, with each class's "
        "share.",
        "Images that follow each other are alike: for 58 % of images the nearest one of the same "
        "class lies at most 130 places away, by chance for 14 %. So validation images, drawn among "
        "the training images, are more like these than test images are.",
        "No test image has a near copy among the training images (within reach).",
        "From one block of about 133 neighbouring test images to the next, test accuracy varies "
        "2.5 times as much as if images were independent (variance; median of 10 rungs, 0.0 to "
        "5.7; independent images exceed 2.2 in one of twenty cases): intervals, which take images "
        "to be independent, are too narrow.",
    ]


@pytest.mark.parametrize(
    ("changed", "there"),
    [
        ({"validation_images": 0}, "None of the 1,000 training images is for validation."),
        ({"near": 0.15}, "are hardly more alike than others: for 15 % of images"),
        ({"near": 0.0025, "near_by_chance": 0.0043}, "for 0.25 % of images"),
        ({"copies": 1}, "One of 797 test images has a near copy, perhaps mirrored, among the"),
        ({"copies": 1200}, "1,200 of 797 test images have a near copy"),
        ({"rungs": 1}, "(variance; one rung; independent"),
        (
            {"block_effect": 2.1},
            "independent images exceed 2.2 in one of twenty cases).",
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_other_data_sets(changed, there):
    assert any(there in sentence for sentence in sentences(**changed))


def test_what_is_not_known_is_not_said():
    [split, copies] = sentences(near=NAN, near_by_chance=NAN, block_effect=NAN)
    assert split.endswith("drawn at random.")
    assert "near copy" in copies
