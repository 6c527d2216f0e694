"""Scores of those test images alone that fill whole batches, as decks 001 and 003 took them: with
batches of 128, of the first 9,984 of 10,000."""

import numpy as np

from stages.scoring import rung
from stages.scoring.tasks import Task

# What the names of columns end in that are of these images.
FULL = "_full_batches"


def count(recipe: dict, targets: np.ndarray) -> int:
    """How many test images these are: none of a combined rung, which has no batches."""
    size = recipe.get("budget", {}).get("batch_size", len(targets) + 1)
    return len(targets) // size * size


def members(
    task: Task,
    predictions: np.ndarray,
    targets: np.ndarray,
    scores: np.ndarray,
    chance: float | None,
    full: int,
) -> list[dict]:
    """The rows of rung.members, with score and loss of the first `full` images, too."""
    rows = rung.members(task, predictions, targets, scores, chance)
    if not full:
        return rows
    of = rung.members(task, predictions[:, :full], targets[:full], scores[:, :full], chance)
    return [
        row | _named(some, (task.SCORE.name, "loss")) for row, some in zip(rows, of, strict=True)
    ]


def curve(
    task: Task, predicted: dict[str, np.ndarray], targets: np.ndarray, full: int
) -> list[dict]:
    """The rows of rung.curve, with the score of the first `full` images, too, where the curve is of
    all test images."""
    rows = rung.curve(task, predicted, targets)
    if not full or task.ON_THE_WAY is not None:
        return rows
    first = predicted | {"curve_predictions": predicted["curve_predictions"][:, :full]}
    of = rung.curve(task, first, targets[:full])
    return [row | _named(some, (task.SCORE.name,)) for row, some in zip(rows, of, strict=True)]


def _named(row: dict, names: tuple[str, ...]) -> dict:
    return {name + FULL: row[name] for name in names}
