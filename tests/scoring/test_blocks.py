"""Test images that lie near each other: by an analysis of variance of scikit-learn, and of images
that are made independent or not."""

import numpy as np
import pytest
from sklearn.feature_selection import f_classif

from stages.scoring.blocks import BLOCK, effect, unlikely


def test_it_is_the_f_of_an_analysis_of_variance():
    scores = np.random.default_rng(0).random((3, 4 * BLOCK)) < 0.8
    block = np.repeat(np.arange(4), BLOCK)
    [expected], _ = f_classif(scores.mean(axis=0)[:, None], block)
    assert effect(scores) == {"blocks": 4, "block_effect": pytest.approx(expected)}


def test_independent_images_have_1_on_average_and_alike_neighbours_more():
    random = np.random.default_rng(0)
    independent = [effect(random.random((2, 1300)) < 0.9)["block_effect"] for _ in range(300)]
    assert np.mean(independent) == pytest.approx(1, abs=0.1)
    share = np.repeat(random.uniform(0.6, 1, 10), 130)
    assert effect(random.random((2, 1300)) < share)["block_effect"] > 3


@pytest.mark.parametrize("scores", [np.ones((2, 1300)), np.ones((1, 0)), np.eye(2, 180)])
def test_where_nothing_can_be_said(scores):
    assert effect(scores)["block_effect"] is None


def test_what_independent_images_exceed_in_one_of_twenty_cases():
    random = np.random.default_rng(1)
    found = [effect(random.random((1, 1300)) < 0.8)["block_effect"] for _ in range(1000)]
    assert np.mean(np.array(found) > unlikely(10, 1300)) == pytest.approx(0.05, abs=0.02)


def test_blocks_that_are_all_alike_have_0_and_not_nothing():
    alike = np.tile(np.repeat([True, False], 65), (2, 4))
    assert effect(alike) == {"blocks": 4, "block_effect": 0}
