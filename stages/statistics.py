"""How sure a number is.

An accuracy depends on two draws: the random starts of the networks, and the images that happen to be in the test set. Both count.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import bdtr, ndtri, stdtr, stdtrit

CONFIDENCE = 0.95


def next_value_interval(values: Sequence[float]) -> tuple[float, float]:
    """Where one value more would lie, with 95 % probability, given n >= 2 of its kind: the prediction interval by Student's t."""
    values = np.asarray(values, dtype=np.float64)
    margin = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2) * values.std(ddof=1) * np.sqrt(1 + 1 / len(values))
    return float(values.mean() - margin), float(values.mean() + margin)


def share_interval(share: float, count: int) -> tuple[float, float, float]:
    """A share of `count` images, and the bounds of its 95 % interval over the choice of images (Wilson 1927)."""
    z = ndtri((1 + CONFIDENCE) / 2)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    margin = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return float(share), float(middle - margin), float(middle + margin)


def accuracy_interval(correct: np.ndarray) -> tuple[float, float, float]:
    """Mean accuracy of networks, [members, images] of bools, and the bounds of its 95 % interval over other starts and other images.

    Of one network, over the choice of images alone (Wilson), because nothing is known of other starts.
    """
    members, images = correct.shape
    if members == 1:
        mean, low, high = share_interval(float(correct.mean()), images)
    else:
        mean, low, high, _ = _interval(float(correct.mean()), [_of_starts(correct), _of_images(correct.mean(axis=0))])
    return mean, max(low, 0.0), min(high, 1.0)


def difference(above: np.ndarray, below: np.ndarray) -> tuple[float, float | None, float | None, float | None]:
    """Mean accuracy of `above` minus that of `below`, [members, images] of bools each: its 95 % interval, and the p value of no difference.

    Welch's t-test (1947) of the members' accuracies, with one source of chance more: which images happen to be in the test set. All
    networks have seen the same ones, so that it is the difference image by image that varies. Without it, of ten rungs that are equally
    good on average, but on different images, one would often look better (docs/statistics.md). Of one network each, no interval.
    """
    mean = float(above.mean() - below.mean())
    if min(len(above), len(below)) < 2:
        return mean, None, None, None
    return _interval(mean, [_of_starts(above), _of_starts(below), _of_images(above.mean(axis=0) - below.mean(axis=0))])


def combined_difference(together: np.ndarray, members: np.ndarray) -> tuple[float, float, float, float]:
    """Accuracy of an ensemble, bools [1, images], minus the mean of its members, [members, images]: as `difference` says it, but for these
    very members, so that the images are the only source of chance."""
    return _interval(float(together.mean() - members.mean()), [_of_images(together[0] - members.mean(axis=0))])


def holm(p: Sequence[float | None]) -> list[float | None]:
    """p values for that many comparisons at once (Holm 1979): with those at most 0.05 taken for real, the chance of one false alarm or more
    is 5 % at most. None stays None, and is not counted."""
    order = sorted((value, place) for place, value in enumerate(p) if value is not None)
    corrected: list[float | None] = [None] * len(p)
    largest = 0.0
    for rank, (value, place) in enumerate(order):
        largest = max(largest, min(1.0, value * (len(order) - rank)))
        corrected[place] = largest
    return corrected


def mcnemar(one: np.ndarray, other: np.ndarray) -> float:
    """The exact p value of no difference between two networks that answered the same images, bools [images] (McNemar 1947, binomial)."""
    wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
    return min(1.0, float(2 * bdtr(min(wins, losses), wins + losses, 0.5)))


def _of_starts(correct: np.ndarray) -> tuple[float, int]:
    """The variance of the members' mean accuracy, and its degrees of freedom."""
    return float(correct.mean(axis=1).var(ddof=1)) / len(correct), len(correct) - 1


def _of_images(values: np.ndarray) -> tuple[float, int]:
    """The variance of a mean over images, and its degrees of freedom."""
    return float(values.var(ddof=1)) / len(values), len(values) - 1


def _interval(mean: float, sources: list[tuple[float, int]]) -> tuple[float, float, float, float]:
    """Mean, bounds and p value by Student's t, for (variance, degrees of freedom) of sources of chance that add up (Satterthwaite 1946)."""
    variance = sum(part for part, _ in sources)
    if variance == 0:
        return mean, mean, mean, float(mean == 0)
    freedom = variance**2 / sum(part**2 / count for part, count in sources)
    margin = stdtrit(freedom, (1 + CONFIDENCE) / 2) * variance**0.5
    return mean, mean - margin, mean + margin, float(2 * stdtr(freedom, -abs(mean) / variance**0.5))
