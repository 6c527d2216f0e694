"""Members' predictions combined into those of an ensemble: a public function for each way, its
name is what a study says. `name(predictions, votes)`: `votes` [members] are what boosting gives
each."""

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np

SUBSETS_PER_SIZE = 20


def majority(probabilities: np.ndarray, votes: np.ndarray) -> np.ndarray:
    """Hard voting, each member's first choice is a vote: [members, n, classes] → [n, classes],
    shares of votes.

    Equal first choices share their member's vote, so that one who knows nothing does not decide; of
    equal shares, argmax takes the first.
    """
    return _shares(probabilities).mean(axis=0)


def _shares(probabilities: np.ndarray) -> np.ndarray:
    """Each member's vote, shared among its first choices: [members, n, classes]."""
    first = probabilities == probabilities.max(axis=2, keepdims=True)
    return first / first.sum(axis=2, keepdims=True, dtype=probabilities.dtype)


def weighted(probabilities: np.ndarray, votes: np.ndarray) -> np.ndarray:
    """Hard voting by members of unequal `votes`, as SAMME has it (Zhu et al. 2009): [members, n,
    classes] → [n, classes], shares of votes; where no member has any, all count alike."""
    votes = votes if votes.sum() > 0 else np.ones_like(votes)
    weights = (votes / votes.sum()).astype(probabilities.dtype)
    # A sum, and no product of matrices, whose order depends on the machine's library.
    return (weights[:, None, None] * _shares(probabilities)).sum(axis=0)


def mean(predictions: np.ndarray, votes: np.ndarray) -> np.ndarray:
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
