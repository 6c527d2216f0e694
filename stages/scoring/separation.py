"""Whether a number tells two kinds apart: the area under the ROC curve, and its exact p value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, prod

import numpy as np
from scipy.stats import rankdata

# Values, and which of them are of the one kind; only values of one stratum are compared.
Stratum = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Separation:
    """The area under the ROC curve, its two-sided p value, and how many the best limit gets
    wrong."""

    area: float
    p: float
    wrong: int


def least_p(strata: Sequence[Stratum]) -> float:
    """The smallest p value that can come out, if no values are equal: both ends of all ways to deal
    out the kinds."""
    return min(1.0, 2 / prod(comb(len(kinds), int(kinds.sum())) for _, kinds in strata))


def separation(strata: Sequence[Stratum]) -> Separation:
    """How well values tell their kinds apart within strata: the share of pairs of both kinds in
    which that of the one kind has the higher value, ties counting a half (Mann and Whitney 1947).

    The p value is exact: the share of all ways to deal out the kinds within each stratum (van
    Elteren 1960, without weights) whose area is at least as far from 1/2.
    """
    ranks = [(rankdata(values).astype(float), kinds.astype(bool)) for values, kinds in strata]
    found = sum(of[kinds].sum() for of, kinds in ranks)
    least = sum(int(kinds.sum()) * (int(kinds.sum()) + 1) / 2 for _, kinds in ranks)
    pairs = sum(int(kinds.sum()) * int((~kinds).sum()) for _, kinds in ranks)
    area = float((found - least) / pairs)
    chances = np.ones(1)
    for of, kinds in ranks:
        chances = np.convolve(chances, _rank_sums(of, int(kinds.sum())))
    # Ranks are doubled there, so that those of ties are whole numbers.
    middle = 2 * least + pairs
    far = np.abs(np.arange(len(chances)) - middle) >= abs(2 * found - middle) - 1e-9
    return Separation(area, min(1.0, float(chances[far].sum())), _wrong(strata, area >= 0.5))


def _rank_sums(ranks: np.ndarray, count: int) -> np.ndarray:
    """How likely each sum of `count` of the doubled ranks is, where all choices are alike."""
    doubled = np.rint(2 * ranks).astype(int)
    ways = np.zeros((count + 1, int(doubled.sum()) + 1))
    ways[0, 0] = 1
    for rank in doubled:
        for taken in range(count, 0, -1):
            ways[taken, rank:] += ways[taken - 1, : ways.shape[1] - rank]
    return ways[count] / ways[count].sum()


def _wrong(strata: Sequence[Stratum], high: bool) -> int:
    """How many of all values lie on the wrong side of the limit that is best for them."""
    values, kinds = (np.concatenate(part) for part in zip(*strata, strict=True))
    kinds = kinds.astype(bool) == high
    limits = [-np.inf, *np.unique(values)]
    return int(min(((values > limit) != kinds).sum() for limit in limits))
