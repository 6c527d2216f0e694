"""Members' predictions combined into those of an ensemble: a public function for each way, its
name is what a study says."""

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np

SUBSETS_PER_SIZE = 20


def majority(probabilities: np.ndarray) -> np.ndarray:
    """Hard voting, each member's first choice is a vote: [members, n, classes] → [n, classes],
    shares of votes.

    Equal first choices share their member's vote, so that one who knows nothing does not decide; of
    equal shares, argmax takes the first.
    """
    first = probabilities == probabilities.max(axis=2, keepdims=True)
    votes = first / first.sum(axis=2, keepdims=True, dtype=probabilities.dtype)
    return votes.mean(axis=0)


def mean(predictions: np.ndarray) -> np.ndarray:
    """The mean of the predictions, of probabilities soft voting: [members, n, ...] → [n, ...]."""
    return predictions.mean(axis=0)


def load(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """The way of that name. No other code here names one, so that a recipe holds the code of its
    own way alone."""
    return globals()[name]


def subsets(members: int, size: int) -> list[tuple[int, ...]]:
    """The choices of `size` among `members`: all of them, or 20 drawn at random (always the same
    ones) where there are more."""
    if comb(members, size) <= SUBSETS_PER_SIZE:
        return list(combinations(range(members), size))
    random = np.random.default_rng(size)
    return [
        tuple(sorted(random.choice(members, size, replace=False).tolist()))
        for _ in range(SUBSETS_PER_SIZE)
    ]
