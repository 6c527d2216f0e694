"""Combine the predictions of a rung's members into those of one more rung, with one member."""

from collections.abc import Callable
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np

from stages import command, files, fingerprint

SUBSETS_PER_SIZE = 20


def majority(probabilities: np.ndarray) -> np.ndarray:
    """Each member's first choice is a vote: [members, n, classes] → [n, classes], shares of votes.

    Equal first choices share their member's vote, so that one who knows nothing does not decide; of equal shares, argmax takes the first.
    """
    first = probabilities == probabilities.max(axis=2, keepdims=True)
    votes = first / first.sum(axis=2, keepdims=True, dtype=probabilities.dtype)
    return votes.mean(axis=0)


def mean(probabilities: np.ndarray) -> np.ndarray:
    """The mean of the softmax outputs: [members, n, classes] → [n, classes]."""
    return probabilities.mean(axis=0)


COMBINE: dict[str, Callable[[np.ndarray], np.ndarray]] = {"majority": majority, "mean": mean}


def main(recipe: Path, predictions: Path, run: Path) -> None:
    """Combine a rung's `predictions` (.npz) as `recipe` (JSON) says, and write them in the same form into the folder `run`.

    Their curve is that over 1..M members: `curve_step` says how many, `curve_series` which choice of that many. Raises Problem where the
    code is no longer the recipe's.
    """
    resolved = files.read_json(recipe)
    fingerprint.refuse_other(resolved, "stages.ensemble")
    with np.load(predictions) as data:
        validation, test, distorted = (_known(data[f"{part}_probabilities"]) for part in ("validation", "test", "distorted"))
        settings = {key: data[key] for key in ("distorted_kind", "distorted_unit", "distorted_amount")}
    join = COMBINE[resolved["combine"]]
    choices = [(size, i, choice) for size in range(1, len(test) + 1) for i, choice in enumerate(subsets(len(test), size))]
    files.write_arrays(
        run / "predictions.npz",
        validation_probabilities=join(validation)[None],
        test_probabilities=join(test)[None],
        distorted_probabilities=np.stack([join(said) for said in distorted.swapaxes(0, 1)])[None],
        **settings,
        curve_series=np.array([i for _, i, _ in choices]),
        curve_step=np.array([size for size, _, _ in choices]),
        curve_argmax=np.stack([join(test[list(choice)]).argmax(axis=1) for _, _, choice in choices]).astype(np.uint8),
    )
    # Last, because it is what tells that the run is the recipe's.
    files.write(run / "recipe.json", recipe.read_text(encoding="utf-8"))


def subsets(members: int, size: int) -> list[tuple[int, ...]]:
    """The choices of `size` among `members`: all of them, or 20 drawn at random (always the same ones) where there are more."""
    if comb(members, size) <= SUBSETS_PER_SIZE:
        return list(combinations(range(members), size))
    random = np.random.default_rng(size)
    return [tuple(sorted(random.choice(members, size, replace=False).tolist())) for _ in range(SUBSETS_PER_SIZE)]


def _known(probabilities: np.ndarray) -> np.ndarray:
    """A diverged member (not a number) knows nothing: every class is as likely."""
    return np.where(np.isfinite(probabilities), probabilities, np.float32(1 / probabilities.shape[-1]))


if __name__ == "__main__":
    command.run(main)
