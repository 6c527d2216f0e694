"""What holds of a task that doesn't say otherwise."""

import numpy as np

# Of the test images, so many are shown.
SHOWN = 25
# The columns of tables that differ from those of classification (stages/evaluate.py).
COLUMNS: dict[str, list[str]] = {}
# How many of the first test images a learning curve is of; None: all.
ON_THE_WAY = None


def finite(predictions: np.ndarray) -> np.ndarray:
    """Predictions of which a diverged member (not a number) predicts 0."""
    return np.where(np.isfinite(predictions), predictions, np.float32(0))


def condensed(predictions: np.ndarray) -> np.ndarray:
    """What is kept of predictions [n, ...] along a curve: all of them."""
    return predictions


def chance(targets: np.ndarray, names: list[str]) -> float | None:
    """The mean score of a network that has learned nothing; None where nobody can say."""
    return None


def references(images: np.ndarray, targets: np.ndarray) -> list[dict]:
    """What methods reach that learn nothing, a row each: none."""
    return []


def tables(predictions: np.ndarray, targets: np.ndarray, names: list[str]) -> dict[str, list[dict]]:
    """The rows of the tables that the task has of its own: none."""
    return {}


def metrics(tables: dict[str, list[dict]]) -> dict[str, float | None]:
    """What stands in metrics.json beside score and loss: nothing."""
    return {}


def examples(
    predictions: np.ndarray, targets: np.ndarray, images: np.ndarray
) -> dict[str, np.ndarray]:
    """The test images that are kept for the page, and their places in the test set: the first."""
    return {"index": np.arange(min(SHOWN, len(images))), "images": np.array(images[:SHOWN])}
