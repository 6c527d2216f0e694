"""Intervals and p values against scipy's, and against the truth where it is known."""

import numpy as np
import pytest
import scipy.stats

from benchmarks.false_alarms import false_alarms, power
from stages.scoring.statistics import (
    combined_difference,
    difference,
    holm,
    next_value_interval,
    score_interval,
    share_interval,
    sign_test,
)

VALUES = [0.91, 0.93, 0.90, 0.95, 0.92]


def correctness(seed: int, members: int, images: int = 200, accuracy: float = 0.8) -> np.ndarray:
    return np.random.default_rng(seed).random((members, images)) < accuracy


@pytest.mark.parametrize(("right", "count"), [(0, 50), (13, 50), (790, 797), (797, 797)])
def test_share_interval_is_wilsons(right, count):
    expected = scipy.stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(
        share_interval(right / count, count), [right / count, *expected], atol=1e-12
    )


def test_without_images_as_a_source_of_chance_a_difference_is_welchs():
    """Networks that classify the first k images correctly: only k differs between them."""
    above, below = (
        np.array([[True] * right + [False] * (1000 - right) for right in counts])
        for counts in ([905, 930, 880], [850, 912, 838])
    )
    expected = scipy.stats.ttest_ind(above.mean(axis=1), below.mean(axis=1), equal_var=False)
    images = (above.mean(axis=0) - below.mean(axis=0)).var(ddof=1) / 1000
    starts = above.mean(axis=1).var(ddof=1) / 3 + below.mean(axis=1).var(ddof=1) / 3
    mean, low, high, p = difference(above, below)
    assert images < 0.05 * starts
    assert mean == pytest.approx(above.mean() - below.mean())
    assert p == pytest.approx(expected.pvalue, abs=0.01)
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval()), abs=0.002)


def test_without_spread_between_networks_a_difference_is_the_paired_t_test_over_images():
    one, other = correctness(0, 1), correctness(1, 1)
    expected = scipy.stats.ttest_rel(one[0].astype(float), other[0].astype(float))
    mean, low, high, p = difference(np.repeat(one, 3, axis=0), np.repeat(other, 3, axis=0))
    assert (mean, p) == (pytest.approx(one.mean() - other.mean()), pytest.approx(expected.pvalue))
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval()))


def test_of_one_network_each_there_is_no_interval():
    one, other = correctness(0, 1), correctness(1, 1)
    assert difference(one, other) == (pytest.approx(one.mean() - other.mean()), None, None, None)


def test_networks_that_predict_alike_do_not_differ():
    same = np.repeat(correctness(0, 1), 3, axis=0)
    assert difference(same, same) == (0, 0, 0, 1)


def test_an_ensemble_differs_from_its_own_members_image_by_image():
    members = correctness(0, 5)
    together = members.mean(axis=0, keepdims=True) > 0.5
    gain = together[0] - members.mean(axis=0)
    expected = scipy.stats.ttest_1samp(gain, 0)
    mean, low, high, p = combined_difference(together, members)
    assert (mean, p) == (pytest.approx(gain.mean()), pytest.approx(expected.pvalue))
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval()))


def test_holm_is_the_papers_example():
    """Holm 1979, and R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")."""
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == [
        pytest.approx(0.03),
        pytest.approx(0.06),
        None,
        pytest.approx(0.06),
        pytest.approx(0.02),
    ]
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1, 1]


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (3, 3), (1, 9), (12, 4)])
def test_the_sign_test_of_bools_is_mcnemars(wins, losses):
    one = np.array([True] * wins + [False] * losses + [True] * 7)
    other = np.array([False] * wins + [True] * losses + [True] * 7)
    expected = scipy.stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1
    assert sign_test(one, other) == (wins, losses, pytest.approx(expected))


def test_the_sign_test_counts_images_and_not_how_much_they_differ():
    assert sign_test(np.array([1.0, 2.0, 0.1, 5.0]), np.array([0.9, 1.0, 5.0, 5.0]))[:2] == (2, 1)


def test_where_one_value_more_would_lie():
    expected = scipy.stats.t.interval(
        0.95, 4, loc=np.mean(VALUES), scale=np.std(VALUES, ddof=1) * np.sqrt(1 + 1 / 5)
    )
    assert next_value_interval(VALUES) == pytest.approx(expected)


def test_an_accuracy_stays_within_0_and_1_and_its_interval_has_a_width():
    perfect = np.ones((3, 50), dtype=bool)
    assert score_interval(perfect, share=True) == pytest.approx(share_interval(1.0, 50))
    assert score_interval(~perfect, share=True) == pytest.approx(share_interval(0.0, 50))
    nearly = np.ones((3, 10), dtype=bool)
    nearly[0, 0] = False
    mean, low, high = score_interval(nearly, share=True)
    assert 0 < low < mean < high < 1
    assert score_interval(nearly, share=False)[2] > 1


def test_the_interval_of_one_network_is_wilsons_of_its_images():
    of = correctness(0, 1)
    assert score_interval(of, share=True) == pytest.approx(share_interval(of.mean(), 200))


def test_far_from_0_and_1_an_interval_is_the_mean_and_its_margin():
    of = correctness(0, 5, images=20_000, accuracy=0.5)
    expected = score_interval(of.astype(float), share=False)
    assert score_interval(of, share=True) == pytest.approx(expected, abs=2e-4)


def test_of_one_network_a_score_of_any_scale_has_students_interval_over_images():
    errors = np.random.default_rng(0).exponential(3, size=(1, 40))
    expected = scipy.stats.t.interval(0.95, 39, loc=errors.mean(), scale=scipy.stats.sem(errors[0]))
    mean, *bounds = score_interval(errors, share=False)
    assert mean == pytest.approx(errors.mean())
    assert bounds == pytest.approx(expected)


def test_a_score_in_another_unit_is_as_sure():
    """Nothing in a difference but its own scale depends on what a score is measured in."""
    random = np.random.default_rng(0)
    above, below = random.normal(1, 1, size=(2, 4, 50))
    mean, low, high, p = difference(above, below)
    assert difference(1000 * above + 5, 1000 * below + 5) == pytest.approx(
        (1000 * mean, 1000 * low, 1000 * high, p)
    )


def test_an_accuracys_interval_holds_the_truth_as_often_as_it_says():
    """Networks that scatter by 2 points, on images of which each is as hard for all of them."""
    random, held = np.random.default_rng(0), []
    for _ in range(1000):
        of_networks = 0.9 + 0.02 * random.normal(size=(5, 1))
        correct = random.random((5, 400)) < of_networks
        _, low, high = score_interval(correct, share=True)
        held.append(low <= 0.9 <= high)
    assert 0.94 <= np.mean(held) <= 0.99


def test_hardly_an_error_is_no_evidence_of_a_difference():
    """Two networks of a rung make the same error, those of the other make none: no spread from
    start to start, and one image."""
    none = np.ones((2, 360), dtype=bool)
    one = none.copy()
    one[:, 7] = False
    assert difference(none, one)[3] > 0.1


@pytest.mark.parametrize("members", [2, 3, 5])
@pytest.mark.parametrize("kind", ["normal", "heavy-tailed", "tied", "few errors"])
def test_false_alarms_are_five_in_a_hundred_studies_at_most(kind, members):
    """Over all ten rungs, in studies in which no rung truly differs from another."""
    assert false_alarms(kind, members, 360, studies=400)[0] <= 0.05


@pytest.mark.parametrize("members", [2, 3, 5, 10])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_networks_that_fail_raise_no_more_of_them(share, members):
    """Of networks that fail to learn, each with the same probability, whatever its rung."""
    alarms, of_share, of_score = false_alarms("normal", members, 360, failing=share, studies=400)
    assert alarms <= 0.05
    assert (of_share, of_score) >= (0.93, 0.93)


def test_a_large_effect_is_found():
    assert power(5, 1000, 0.005, 0.05, studies=100) > 0.9
