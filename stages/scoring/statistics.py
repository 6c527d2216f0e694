"""How sure a number is.

A score depends on two draws: the random starts of the networks, and the images that happen to be in
the test set. Both count. Scores are [members, images]: bools (an image is correctly classified), or
floats of any scale.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, ndtri, stdtrit

CONFIDENCE = 0.95


def next_value_interval(values: Sequence[float]) -> tuple[float, float]:
    """Where one value more would lie, with 95 % probability, given n >= 2 of its kind: the
    prediction interval by Student's t."""
    values = np.asarray(values, dtype=np.float64)
    margin = (
        stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2)
        * values.std(ddof=1)
        * np.sqrt(1 + 1 / len(values))
    )
    return float(values.mean() - margin), float(values.mean() + margin)


def share_interval(share: float, count: int) -> tuple[float, float, float]:
    """A share of `count` images, and the bounds of its 95 % interval over the choice of images
    (Wilson 1927)."""
    z = ndtri((1 + CONFIDENCE) / 2)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    margin = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return float(share), float(middle - margin), float(middle + margin)


def score_interval(scores: np.ndarray, share: bool) -> tuple[float, float, float]:
    """Mean score of networks, [members, images], and the bounds of its 95 % interval over other
    starts and other images.

    Of one network, over the choice of images alone (Wilson for bools, else Student's t), because
    nothing is known of other starts. The bounds of a `share` stay within 0 and 1.
    """
    members, images = scores.shape
    if members == 1 and scores.dtype == bool:
        mean, low, high = share_interval(float(scores.mean()), images)
    else:
        mean, margin = float(scores.mean()), _margin(*_chances(scores))
        low, high = mean - margin, mean + margin
    return (mean, max(low, 0.0), min(high, 1.0)) if share else (mean, low, high)


def _chances(scores: np.ndarray) -> "tuple[Chance, Chance]":
    """What starts and images do to a mean score; of one network, images alone."""
    if len(scores) > 1:
        return _of_starts(scores), _of_images(scores)
    return NO_CHANCE, Chance(float(scores[0].var(ddof=1)) / scores.shape[1], scores.shape[1] - 1)


def difference(
    above: np.ndarray, below: np.ndarray
) -> tuple[float, float | None, float | None, float | None]:
    """Mean score of `above` minus that of `below`, [members, images] each: its 95 % interval, and
    the p value of no difference.

    Two sources of chance add up. Random starts: as in Welch's t-test (1947) of the members' scores.
    Test images: all networks have seen the same ones, so that it is the difference image by image
    that varies, as far as it is not from start to start. Without the images, of ten rungs that are
    equally good on average, but on different ones, one would often look better
    (docs/statistics.md). Of one network each, no interval.
    """
    mean = float(above.mean() - below.mean())
    if min(len(above), len(below)) < 2:
        return mean, None, None, None
    chance = _sum(_of_starts(above), _of_starts(below)), _of_images(above, below)
    return mean, mean - _margin(*chance), mean + _margin(*chance), _p_value(mean, *chance)


def combined_difference(
    together: np.ndarray, members: np.ndarray
) -> tuple[float, float, float, float]:
    """Score of an ensemble, [1, images], minus the mean of its members, [members, images]: as
    `difference` says it, but for these very members, so that the images are the only source of
    chance."""
    gain = together - members.mean(axis=0, keepdims=True)
    mean, chance = float(gain.mean()), _chances(gain)
    return mean, mean - _margin(*chance), mean + _margin(*chance), _p_value(mean, *chance)


def holm(p: Sequence[float | None]) -> list[float | None]:
    """p values for that many comparisons at once (Holm 1979): with those at most 0.05 taken for
    real, the chance of one false alarm or more is 5 % at most. None stays None, and is not
    counted."""
    order = sorted((value, place) for place, value in enumerate(p) if value is not None)
    corrected: list[float | None] = [None] * len(p)
    largest = 0.0
    for rank, (value, place) in enumerate(order):
        largest = max(largest, min(1.0, value * (len(order) - rank)))
        corrected[place] = largest
    return corrected


def sign_test(one: np.ndarray, other: np.ndarray) -> tuple[int, int, float]:
    """On how many images each of two networks scores higher, scores [images], and the exact p
    value of no difference: the binomial sign test, which for bools is McNemar's (1947)."""
    wins, losses = int((one > other).sum()), int((other > one).sum())
    return wins, losses, min(1.0, float(2 * bdtr(min(wins, losses), wins + losses, 0.5)))


@dataclass(frozen=True)
class Chance:
    """A source of chance: the variance that it gives a mean, and the degrees of freedom with
    which that variance is known."""

    variance: float
    freedom: float

    def margin(self, alpha: float) -> float:
        """How far a mean strays by it at most, but for a share `alpha` of cases."""
        return float(-stdtrit(self.freedom, alpha / 2)) * self.variance**0.5


NO_CHANCE = Chance(0.0, 1.0)


def _of_starts(scores: np.ndarray) -> Chance:
    """What random starts do to the mean score of members, [members, images]."""
    return Chance(float(scores.mean(axis=1).var(ddof=1)) / len(scores), len(scores) - 1)


def _of_images(above: np.ndarray, below: np.ndarray | None = None) -> Chance:
    """What the choice of images does to a mean score, or to a difference: what of an image's
    hardness all members of a rung share.

    What they don't share is in the standard deviation of their scores already, so it is taken out
    here.
    """
    rungs = [above] if below is None else [above, below]
    scores = above.mean(axis=0) - (0 if below is None else below.mean(axis=0))
    of_starts = sum(rung.var(axis=0, ddof=1).mean() / len(rung) for rung in rungs)
    return Chance(max(float(scores.var(ddof=1) - of_starts), 0.0) / len(scores), len(scores) - 1)


def _sum(one: Chance, other: Chance) -> Chance:
    """Two sources as one, its degrees of freedom as Welch (1947) and Satterthwaite (1946) have
    them."""
    variance = one.variance + other.variance
    known = one.variance**2 / one.freedom + other.variance**2 / other.freedom
    return Chance(variance, variance**2 / known if known else one.freedom + other.freedom)


def _margin(starts: Chance, images: Chance, alpha: float = 1 - CONFIDENCE) -> float:
    """Both sources together, each at its own degrees of freedom: they add up as the sides of a
    right angle do (MOVER: Zou and Donner 2008).

    One t for the sum of the variances would be too bold where the standard deviation of a few
    networks happens to be small.
    """
    return math.hypot(starts.margin(alpha), images.margin(alpha))


def _p_value(mean: float, starts: Chance, images: Chance) -> float:
    """The alpha at which the interval around `mean` just reaches 0."""
    # Here, because evaluation needs no p values, and the import takes half a second.
    from scipy.optimize import brentq

    if mean == 0:
        return 1.0
    smallest = 1e-12
    if _margin(starts, images, smallest) < abs(mean):
        return smallest
    return float(
        brentq(lambda alpha: _margin(starts, images, alpha) - abs(mean), smallest, 1.0, xtol=1e-14)
    )
