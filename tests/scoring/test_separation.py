"""Whether values tell two kinds apart, against scipy, scikit-learn and every permutation."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score

from stages.scoring.separation import least_p, separation


def every_area(values, count):
    """The area of each way to say which `count` of the values are of the one kind."""
    for chosen in combinations(range(len(values)), count):
        kinds = np.isin(np.arange(len(values)), chosen)
        pairs = values[kinds][:, None] - values[~kinds][None, :]
        yield (np.sign(pairs) + 1).sum() / 2


@pytest.mark.parametrize("seed", range(5))
def test_one_stratum_is_the_exact_test_of_mann_and_whitney(seed):
    random = np.random.default_rng(seed)
    values, kinds = random.normal(size=12), np.arange(12) < 5 + seed % 3
    found = separation([(values, kinds)])
    assert found.area == pytest.approx(roc_auc_score(kinds, values))
    expected = mannwhitneyu(values[kinds], values[~kinds], method="exact").pvalue
    assert found.p == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_ties_and_strata_are_counted_as_every_permutation_does(seed):
    random = np.random.default_rng(seed)
    strata = [
        (random.integers(4, size=size).astype(float), np.arange(size) < ones)
        for size, ones in ((5, 2), (4, 1), (6, 3))
    ]
    found = separation(strata)
    ways = [list(every_area(values, kinds.sum())) for values, kinds in strata]
    pairs = sum(int(kinds.sum() * (~kinds).sum()) for _, kinds in strata)
    areas = np.array([sum(each) for each in product(*ways)]) / pairs
    seen = sum(
        (np.sign(values[kinds][:, None] - values[~kinds][None, :]) + 1).sum() / 2
        for values, kinds in strata
    )
    assert found.area == pytest.approx(seen / pairs)
    assert found.p == pytest.approx((abs(areas - 0.5) >= abs(found.area - 0.5) - 1e-9).mean())


def test_what_lies_apart_has_the_least_p_and_none_wrong():
    values, kinds = np.arange(10.0), np.arange(10) < 5
    for of in (kinds, ~kinds):
        found = separation([(values, of)])
        assert (found.area, found.wrong) in ((1, 0), (0, 0))
        assert found.p == pytest.approx(least_p([(values, of)])) == pytest.approx(2 / 252)


def test_the_best_limit_may_get_some_wrong():
    kinds = np.array([0, 0, 1, 0, 1, 1, 1, 0])
    assert separation([(np.arange(8.0), kinds)]).wrong == 2
    assert separation([(-np.arange(8.0), kinds)]).wrong == 2
    assert separation([(np.zeros(8), kinds)]).p == 1
