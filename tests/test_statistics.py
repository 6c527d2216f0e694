"""Intervals against scipy's, and against the truth in a simulation."""

import numpy as np
import pytest
import scipy.stats

from stages.statistics import accuracy_interval, difference_interval, mean_interval, share_interval

VALUES = [0.91, 0.93, 0.90, 0.95, 0.92]


def test_mean_interval_is_students():
    expected = scipy.stats.t.interval(0.95, 4, loc=np.mean(VALUES), scale=scipy.stats.sem(VALUES))
    np.testing.assert_allclose(mean_interval(VALUES), [np.mean(VALUES), *expected])


@pytest.mark.parametrize(("right", "count"), [(0, 50), (13, 50), (790, 797), (797, 797)])
def test_share_interval_is_wilsons(right, count):
    expected = scipy.stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(share_interval(right / count, count), [right / count, *expected], atol=1e-12)


def test_difference_interval_is_the_paired_t_tests():
    below = [0.90, 0.90, 0.91, 0.92, 0.91]
    expected = scipy.stats.ttest_rel(VALUES, below).confidence_interval(0.95)
    np.testing.assert_allclose(difference_interval(VALUES, below)[1:], expected)


def test_without_pairs_there_is_no_interval():
    assert difference_interval([0.97], VALUES) == (pytest.approx(0.97 - np.mean(VALUES)), None, None)


def test_an_accuracy_stays_within_0_and_1():
    assert accuracy_interval([1.0, 0.98, 1.0], 100)[2] == 1.0
    assert accuracy_interval([0.0], 10)[1] == pytest.approx(0, abs=1e-12)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(0)
    intervals = [mean_interval(random.normal(0.9, 0.02, 5)) for _ in range(4000)]
    assert np.mean([low <= 0.9 <= high for _, low, high in intervals]) == pytest.approx(0.95, abs=0.012)
