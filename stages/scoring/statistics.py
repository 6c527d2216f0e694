"""How sure a number is.

A score depends on two draws: the random starts of the networks, and the images that happen to be in
the test set. Both count. Scores are [members, images]: bools (an image is correctly classified), or
floats of any scale.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import bdtr, ndtri, stdtrit

from stages.scoring.chance import (
    CONFIDENCE,
    Chance,
    added,
    few,
    margin,
    of_both,
    of_images,
    of_starts,
)


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


def share_interval(share: float, count: float) -> tuple[float, float, float]:
    """A share of `count` images, and the bounds of its 95 % interval over the choice of images
    (Wilson 1927)."""
    z = ndtri((1 + CONFIDENCE) / 2)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    margin = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return float(share), float(middle - margin), float(middle + margin)


def score_interval(scores: np.ndarray, share: bool) -> tuple[float, float, float]:
    """Mean score of networks, [members, images], and the bounds of its 95 % interval over other
    starts and other images.

    Of one network, over the choice of images alone, because nothing is known of other starts. The
    interval of a `share` is Wilson's (1927), of so many images as would give the mean its margin
    (an effective sample size: Kish 1965); so it lies within 0 and 1, and has a width where all
    images are correctly classified.
    """
    images, mean = scores.shape[1], float(scores.mean())
    wide = margin(*of_both(scores))
    if not share:
        return mean, mean - wide, mean + wide
    alone = len(scores) == 1 and scores.dtype == bool
    return share_interval(mean, images if alone else _effective(scores, wide))


def _effective(scores: np.ndarray, wide: float) -> float:
    """Of so many images would the mean of a share have the margin `wide`, as a normal distribution
    has it. Of all images at most, where there is hardly an error: nobody can say then which of them
    members share."""
    mean, images = float(scores.mean()), scores.shape[1]
    variance = mean * (1 - mean)
    if wide == 0 or variance <= 0:
        return images
    count = ndtri((1 + CONFIDENCE) / 2) ** 2 * variance / wide**2
    return min(count, images) if few(scores.mean(axis=0)) else count


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
    chance = added(of_starts(above), of_starts(below)), of_images(above, below)
    return mean, mean - margin(*chance), mean + margin(*chance), _p_value(mean, *chance)


def combined_difference(
    together: np.ndarray, members: np.ndarray
) -> tuple[float, float, float, float]:
    """Score of an ensemble, [1, images], minus the mean of its members, [members, images]: as
    `difference` says it, but for these very members, so that the images are the only source of
    chance."""
    gain = together - members.mean(axis=0, keepdims=True)
    mean, chance = float(gain.mean()), of_both(gain)
    return mean, mean - margin(*chance), mean + margin(*chance), _p_value(mean, *chance)


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


def _p_value(mean: float, starts: Chance, images: Chance) -> float:
    """The alpha at which the interval around `mean` just reaches 0."""
    # Here, because evaluation needs no p values, and the import takes half a second.
    from scipy.optimize import brentq

    if mean == 0:
        return 1.0
    smallest = 1e-12
    if margin(starts, images, smallest) < abs(mean):
        return smallest
    return float(
        brentq(lambda alpha: margin(starts, images, alpha) - abs(mean), smallest, 1.0, xtol=1e-14)
    )
