"""Where networks agree: which test images are worth looking at, because rungs disagree or an error
is confident, and how different the members of a rung are."""

from itertools import combinations

import numpy as np


def disputed(right: np.ndarray, count: int) -> list[int]:
    """Places in the test set of the images that nearest to half of the rungs classify correctly
    (bools [rungs, images]), the most disputed first."""
    return np.argsort(abs(right.mean(axis=0) - 0.5), kind="stable")[:count].tolist()


def most_confident(errors: np.ndarray, confidence: np.ndarray) -> list[int]:
    """The places of the `errors` (bools), the most confident first."""
    return sorted(np.flatnonzero(errors), key=lambda i: (-confidence[i], i))


def diversity(scores: np.ndarray) -> tuple[float, float]:
    """How different members are by their scores [members, images], right or wrong, mean over all
    pairs: the share of images that one of the two classifies correctly and the other does not, and
    the correlation of their errors (Kuncheva and Whitaker 2003: the disagreement measure and the
    correlation coefficient); not a number where a member is always right or always wrong."""
    pairs = list(combinations(scores.astype(float), 2))
    disagreement = np.mean([np.mean(one != other) for one, other in pairs])
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.mean([np.corrcoef(one, other)[0, 1] for one, other in pairs])
    return float(disagreement), float(correlation)
