"""The statistics of docs/statistics.md, once more: from scipy's own tests where it has them, else
from the formulas of that page."""

from collections.abc import Sequence
from itertools import combinations, product
from math import comb, prod

import numpy as np
from scipy import optimize, stats

ALPHA = 0.05
# Fewer images than this make no normal distribution.
FEW_IMAGES = 10
# Below this a p value is not told.
LEAST_P = 1e-12


def learned(right: np.ndarray, chance: float) -> np.ndarray:
    """Which networks, right [members, n], are above chance level by 5 % of what could be, and by
    more than the choice of images explains in all but one of a thousand cases."""
    n = right.shape[1]
    found = []
    for count in right.sum(axis=1):
        lucky = stats.binomtest(int(count), n, chance, alternative="greater").pvalue > 1e-3
        enough = count / n - chance > 0.05 * (1 - chance)
        found.append(bool(enough and (count == n or not lucky)))
    return np.array(found)


def those_that_count(learned: np.ndarray) -> np.ndarray:
    """The networks that a rung's numbers are of: those that learned, or all where none did."""
    return learned if learned.any() else np.ones_like(learned)


def share_that_learns(learned: int, members: int) -> tuple[float, float]:
    """Clopper and Pearson's interval."""
    ends = stats.binomtest(learned, members).proportion_ci(1 - ALPHA, "exact")
    return float(ends.low), float(ends.high)


def _of_images(difference: np.ndarray, rungs: Sequence[np.ndarray]) -> float:
    """The standard error that the choice of images gives a mean over them: what of the variance
    from image to image the networks' own disagreement does not explain."""
    small = min(np.abs(difference).sum(), (1 - np.abs(difference)).sum()) < FEW_IMAGES
    own = sum(np.mean(np.var(of, axis=0, ddof=1)) / len(of) for of in rungs)
    variance = np.var(difference, ddof=1) - (0 if small else own)
    return float(np.sqrt(max(variance, 0) / len(difference)))


def _margin(alpha: float, *parts: tuple[float, float]) -> float:
    """Student's margins of (standard error, degrees of freedom), joined as MOVER does."""
    return float(np.hypot.reduce([stats.t.isf(alpha / 2, df) * error for error, df in parts]))


def accuracy(right: np.ndarray) -> tuple[float, float, float]:
    """The mean over networks that count, right [members, n], with Wilson's interval of so many
    images as would give the mean that margin."""
    members, n = right.shape
    mean = float(right.mean())
    if members == 1:
        return mean, *_wilson(mean, n)
    starts = stats.sem(right.mean(axis=1)), members - 1
    wide = _margin(ALPHA, starts, (_of_images(right.mean(axis=0), [right]), n - 1))
    size, each = n, right.mean(axis=0)
    if wide > 0 and 0 < mean < 1:
        size = stats.norm.isf(ALPHA / 2) ** 2 * mean * (1 - mean) / wide**2
        few = min(each.sum(), (1 - each).sum()) < FEW_IMAGES
        size = min(size, n) if few else size
    return mean, *_wilson(mean, size)


def _wilson(share: float, n: float) -> tuple[float, float]:
    """The two shares p whose distance from `share` is z standard errors of p: the roots of
    (share - p)^2 = z^2 p (1 - p) / n."""
    z2 = stats.norm.isf(ALPHA / 2) ** 2 / n
    low, high = sorted(np.roots([1 + z2, -(2 * share + z2), share**2]).real)
    return float(low), float(high)


def difference(above: np.ndarray, below: np.ndarray, alpha: float = ALPHA) -> tuple:
    """Accuracy of `above` minus that of `below`, right [members, n] each, its interval and p value:
    Welch over the networks, Student over the images."""
    mean = float(above.mean() - below.mean())
    if min(len(above), len(below)) < 2:
        return mean, None, None, None
    parts = _welch(above.mean(axis=1), below.mean(axis=1)), _images_of(above, below)
    wide = _margin(alpha, *parts)
    return mean, mean - wide, mean + wide, _p(mean, parts)


def _images_of(above: np.ndarray, below: np.ndarray) -> tuple[float, float]:
    error = _of_images(above.mean(axis=0) - below.mean(axis=0), [above, below])
    return error, above.shape[1] - 1


def _welch(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Standard error and degrees of freedom of Welch's t-test of two rungs' networks."""
    error = float(np.hypot(stats.sem(one), stats.sem(other)))
    if error == 0:
        return 0.0, len(one) + len(other) - 2
    return error, float(stats.ttest_ind(one, other, equal_var=False).df)


def _p(mean: float, parts: Sequence[tuple[float, float]]) -> float:
    """The level whose margin just reaches a difference of 0."""
    if mean == 0:
        return 1.0
    if _margin(LEAST_P, *parts) < abs(mean):
        return LEAST_P
    at = optimize.bisect(
        lambda log: _margin(np.exp(log), *parts) - abs(mean), np.log(LEAST_P), 0, xtol=1e-13
    )
    return float(np.exp(at))


def ensemble_gain(together: np.ndarray, members: np.ndarray) -> tuple:
    """An ensemble's accuracy minus the mean of its networks', over the images alone: Student's
    t-test of one sample."""
    gain = together[0] - members.mean(axis=0)
    test = stats.ttest_1samp(gain, 0)
    ends = test.confidence_interval(1 - ALPHA)
    p = 1.0 if gain.mean() == 0 else max(float(test.pvalue), LEAST_P)
    return float(gain.mean()), float(ends.low), float(ends.high), p


def barnard(above: tuple[int, int], below: tuple[int, int]) -> float:
    """Barnard's exact test of two shares, each (learned, members)."""
    if above[0] / above[1] == below[0] / below[1]:
        return 1.0
    table = [[above[0], below[0]], [above[1] - above[0], below[1] - below[0]]]
    return float(stats.barnard_exact(table).pvalue)


def mcnemar(one: np.ndarray, other: np.ndarray) -> tuple[int, int, float]:
    """On how many images the one network is right and the other wrong, and the other way round; the
    exact p value."""
    wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
    p = stats.binomtest(wins, wins + losses, 0.5).pvalue if wins + losses else 1.0
    return wins, losses, float(p)


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Holm's corrected p values: of each the largest of (m - j) p over those up to it; None is not
    counted."""
    known = sorted(value for value in p if value is not None)
    steps = np.maximum.accumulate([(len(known) - j) * value for j, value in enumerate(known)])
    return [None if v is None else float(min(1, steps[known.index(v)])) for v in p]


def verdict(better: float, p: float | None, share: float, share_p: float | None) -> str:
    """What two corrected p values say of a difference of accuracies and one of shares."""
    sure = {
        np.sign(d) for d, of in ((better, p), (share, share_p)) if of is not None and of <= ALPHA
    }
    said = {(): "can't tell", (1,): "better", (-1,): "worse", (-1, 1): "better and worse"}
    return said[tuple(sorted(int(sign) for sign in sure))]


def separates(strata: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float, int]:
    """The area under the ROC curve of values within strata of (values, kinds), its exact two-sided
    p value by dealing out the kinds in every way, and how many the best limit gets wrong."""
    pairs = [int(kinds.sum() * (~kinds).sum()) for _, kinds in strata]
    ways = [_areas(values, int(kinds.sum())) for values, kinds in strata]
    found = sum(_won(values, kinds) for values, kinds in strata) / sum(pairs)
    dealt = [abs(sum(way) / sum(pairs) - 0.5) for way in product(*ways)]
    p = np.mean(np.array(dealt) >= abs(found - 0.5) - 1e-12)
    return found, float(p), _wrong(strata, found >= 0.5)


def _won(values: np.ndarray, kinds: np.ndarray) -> float:
    """How many pairs of both kinds the one kind wins, a tie counting a half."""
    ahead = values[kinds][:, None] - values[~kinds]
    return float((ahead > 0).sum() + (ahead == 0).sum() / 2)


def _areas(values: np.ndarray, count: int) -> list[float]:
    dealt = []
    for chosen in combinations(range(len(values)), count):
        kinds = np.zeros(len(values), dtype=bool)
        kinds[list(chosen)] = True
        dealt.append(_won(values, kinds))
    return dealt


def _wrong(strata: list[tuple[np.ndarray, np.ndarray]], high: bool) -> int:
    values, kinds = (np.concatenate(part) for part in zip(*strata, strict=True))
    limits = [*values, -np.inf]
    return min(int(((values > limit) != (kinds == high)).sum()) for limit in limits)


def can_show(strata: list[tuple[np.ndarray, np.ndarray]], tests: int) -> float:
    """The least p value that so many networks could have, corrected for so many tests."""
    return tests * min(1.0, 2 / prod(comb(len(kinds), int(kinds.sum())) for _, kinds in strata))
