"""How sure a number is."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, and the bounds of its 95 % interval by Student's t over n >= 2 values that differ in their random start."""
    values = np.asarray(values, dtype=np.float64)
    margin = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean()), float(values.mean() - margin), float(values.mean() + margin)


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


def accuracy_interval(accuracies: Sequence[float], images: int) -> tuple[float, float, float]:
    """Mean accuracy and its 95 % interval within 0..1: over members, or, of a single one, over the test images."""
    several = len(accuracies) > 1
    mean, low, high = mean_interval(accuracies) if several else share_interval(accuracies[0], images)
    return mean, max(low, 0.0), min(high, 1.0)


def difference_interval(above: Sequence[float], below: Sequence[float]) -> tuple[float, float | None, float | None]:
    """Mean of `above` minus that of `below`, and its 95 % interval, paired member by member where both have as many (>= 2) members.

    Members of the same number share their random numbers, so that their difference varies less than they do.
    """
    if len(above) == len(below) > 1:
        return mean_interval(np.subtract(above, below))
    return float(np.mean(above) - np.mean(below)), None, None
