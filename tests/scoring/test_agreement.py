"""How different members are, against scikit-learn's matrices and by hand."""

import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef

from stages.scoring.agreement import diversity


def test_disagreement_and_correlation_of_two_are_those_of_their_table():
    """Kuncheva and Whitaker 2003, table 2: the correlation of two binary variables, which is
    Matthews' coefficient of one against the other."""
    random = np.random.default_rng(0)
    pair = random.random((2, 500)) < [[0.7], [0.8]]
    disagreement, correlation = diversity(pair)
    assert disagreement == pytest.approx((pair[0] != pair[1]).mean())
    assert correlation == pytest.approx(matthews_corrcoef(*pair))


def test_of_more_than_two_it_is_the_mean_over_pairs():
    scores = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0]], dtype=bool)
    disagreement, correlation = diversity(scores)
    assert disagreement == pytest.approx((0.5 + 0 + 0.5) / 3)
    assert correlation == pytest.approx((0 + 1 + 0) / 3)


def test_a_member_that_is_always_right_has_no_correlation():
    disagreement, correlation = diversity(np.array([[True, True], [True, False]]))
    assert disagreement == 0.5
    assert np.isnan(correlation)
