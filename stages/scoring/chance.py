"""Where chance comes in, how much it does to a mean score, and how far off it lets that be.

Scores are [members, images], as in statistics.py.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

CONFIDENCE = 0.95
# The usual least number of expected cases of either kind for a normal approximation.
FEW = 10


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


def of_starts(scores: np.ndarray) -> Chance:
    """What random starts do to the mean score of members, [members, images]."""
    return Chance(float(scores.mean(axis=1).var(ddof=1)) / len(scores), len(scores) - 1)


def of_images(above: np.ndarray, below: np.ndarray | None = None) -> Chance:
    """What the choice of images does to a mean score, or to a difference: what of an image's
    hardness all members of a rung share.

    What they don't share is in the standard deviation of their scores already, so it is taken out
    here; but not where it would be an estimate from a few images.
    """
    rungs = [above] if below is None else [above, below]
    scores = above.mean(axis=0) - (0 if below is None else below.mean(axis=0))
    own = sum(rung.var(axis=0, ddof=1).mean() / len(rung) for rung in rungs)
    if above.dtype == bool and few(scores):
        own = 0.0
    return Chance(max(float(scores.var(ddof=1) - own), 0.0) / len(scores), len(scores) - 1)


def few(scores: np.ndarray) -> bool:
    """Whether less than FEW images make all of a difference, or of what a share is from its nearest
    end: too few for a normal distribution."""
    return min(np.abs(scores).sum(), (1 - np.abs(scores)).sum()) < FEW


def added(one: Chance, other: Chance) -> Chance:
    """Two sources as one, its degrees of freedom as Welch (1947) and Satterthwaite (1946) have
    them."""
    variance = one.variance + other.variance
    known = one.variance**2 / one.freedom + other.variance**2 / other.freedom
    return Chance(variance, variance**2 / known if known else one.freedom + other.freedom)


def margin(starts: Chance, images: Chance, alpha: float = 1 - CONFIDENCE) -> float:
    """Both sources together, each at its own degrees of freedom: they add up as the sides of a
    right angle do (MOVER: Zou and Donner 2008).

    One t for the sum of the variances would be too bold where the standard deviation of a few
    networks happens to be small.
    """
    return math.hypot(starts.margin(alpha), images.margin(alpha))


def of_both(scores: np.ndarray) -> tuple[Chance, Chance]:
    """What starts and images do to a mean score; of one network, images alone."""
    if len(scores) > 1:
        return of_starts(scores), of_images(scores)
    return NO_CHANCE, Chance(float(scores[0].var(ddof=1)) / scores.shape[1], scores.shape[1] - 1)
