"""Which networks have learned, against scipy's exact tests and the truth where it is known."""

import numpy as np
import pytest
import scipy.stats
from ladders import ERROR

from stages.scoring.learning import counted, learned, share_difference, share_interval
from stages.scoring.tasks.classification import SCORE


def right(*counts: int, images: int = 1000) -> np.ndarray:
    """Networks that classify the first so many of the images correctly."""
    return np.array([[True] * count + [False] * (images - count) for count in counts])


def test_a_network_has_learned_where_test_images_alone_would_hardly_lift_it_so_high():
    at_chance, lucky, learns = 100, 130, 150
    assert learned(right(at_chance, lucky, learns), 0.1, SCORE).tolist() == [False, False, True]


def test_the_fewer_images_the_higher_a_network_must_be_above_chance_level():
    binomial = scipy.stats.binom(100, 0.1)
    least = next(count for count in range(101) if binomial.sf(count - 1) <= 0.001)
    assert learned(right(least - 1, least, images=100), 0.1, SCORE).tolist() == [False, True]


def test_of_a_handful_of_images_all_must_be_right():
    assert learned(right(3, 4, images=4), 0.5, SCORE).tolist() == [False, True]


def test_a_hair_above_chance_level_is_not_learning_however_many_images_show_it():
    assert not learned(right(11_500, images=100_000), 0.1, SCORE).any()


def test_of_scores_that_are_better_when_lower():
    errors = np.random.default_rng(0).exponential([[1.0], [0.5]], size=(2, 500))
    assert learned(errors, 1.0, ERROR).tolist() == [False, True]
    assert learned(np.ones((1, 9)), 1.0, ERROR).tolist() == [False]


def test_where_nobody_knows_chance_level_all_have_learned():
    assert learned(right(0, 10), None, SCORE).all()


def test_a_score_is_of_the_members_that_learned_or_of_all_where_none_did():
    assert counted(np.array([True, False])).tolist() == [True, False]
    assert counted(np.array([False, False])).tolist() == [True, True]


@pytest.mark.parametrize(("count", "members"), [(0, 5), (3, 5), (5, 5), (7, 20)])
def test_the_interval_of_a_share_is_clopper_and_pearsons(count, members):
    expected = scipy.stats.binomtest(count, members).proportion_ci(0.95, method="exact")
    assert share_interval(count, members) == pytest.approx(tuple(expected))


def test_none_of_five_failed_leaves_half_of_them_possible():
    assert 1 - share_interval(5, 5)[0] == pytest.approx(0.522, abs=1e-3)


def test_two_shares_differ_by_barnards_test():
    """None against all: no share explains that more often than a half, twice in 2^(2n) cases."""
    for members in (2, 3, 5):
        p = share_difference((members, members), (0, members))
        assert p == pytest.approx(2 / 4**members, rel=1e-6)
    assert share_difference((3, 5), (3, 5)) == share_difference((2, 4), (3, 6)) == 1
    assert share_difference((3, 5), (1, 5)) == share_difference((1, 5), (3, 5))
