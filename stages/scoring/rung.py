"""A rung's predictions, scored against the test targets: the same for every task."""

from types import ModuleType

import numpy as np

from stages.scoring.statistics import accuracy_interval

# Of a task that chooses no test images of its own, so many are shown.
SHOWN = 25


def member(task: ModuleType, predictions: np.ndarray, targets: np.ndarray) -> dict:
    """Score and loss of one member's predictions [n, ...]; a member with a value that is not a number has diverged."""
    diverged = not np.isfinite(predictions).all()
    score = float(task.scores(predictions, targets).mean())
    return {task.SCORE: score, "loss": None if diverged else task.loss(predictions, targets), "diverged": int(diverged)}


def tables(task: ModuleType, predictions: np.ndarray, targets: np.ndarray, names: list[str]) -> dict[str, list[dict]]:
    """The rows of the tables that the task has of its own, of predictions [members, n, ...]."""
    return task.tables(predictions, targets, names) if hasattr(task, "tables") else {}


def examples(task: ModuleType, predictions: np.ndarray, targets: np.ndarray, images: np.ndarray) -> dict[str, np.ndarray]:
    """The test images that are shown, uint8 [k, C, H, W], with their place in the test set: the task's choice, or the first ones."""
    if hasattr(task, "examples"):
        return task.examples(predictions, targets, images)
    return {"index": np.arange(min(SHOWN, len(images))), "images": np.array(images[:SHOWN])}


def summary(task: ModuleType, members: list[dict], scores: np.ndarray, tables: dict[str, list[dict]]) -> dict:
    """The numbers of a rung: its mean score over members with its 95 % interval and standard deviation, the mean loss of those not diverged,
    and what the task makes of its tables; `scores` [members, images] are those of each image."""
    name = task.SCORE
    means, losses = [row[name] for row in members], [row["loss"] for row in members if row["loss"] is not None]
    mean, low, high = accuracy_interval(scores)
    return {
        name: mean,
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_std": float(np.std(means, ddof=1)) if len(means) > 1 else None,
        "loss": float(np.mean(losses)) if losses else None,
        "members": len(members),
        "diverged_members": sum(row["diverged"] for row in members),
        "test_images": scores.shape[1],
        **(task.metrics(tables) if hasattr(task, "metrics") else {}),
    }


def robustness(task: ModuleType, predicted: dict[str, np.ndarray], targets: np.ndarray) -> list[dict]:
    """Each member's score on the first test images when they are transformed: a row per setting (`predicted` is a predictions.npz) and member."""
    predictions = predicted["robustness_predictions"]
    images = predictions.shape[2]
    means = task.scores(predictions, targets[:images]).mean(axis=2)
    settings = zip(*(predicted[f"robustness_{name}"].tolist() for name in ("kind", "unit", "amount")), strict=True)
    return [
        {"transform": kind, "unit": unit, "amount": amount, "member": member, "images": images, task.SCORE: float(means[member, i])}
        for i, (kind, unit, amount) in enumerate(settings)
        for member in range(len(means))
    ]


def curve(task: ModuleType, predicted: dict[str, np.ndarray], targets: np.ndarray) -> list[dict]:
    """The score after each epoch (of an ensemble: of so many members), of each series."""
    means = task.curve_scores(predicted["curve_predictions"], targets).mean(axis=1)
    points = zip(predicted["curve_series"].tolist(), predicted["curve_step"].tolist(), means.tolist(), strict=True)
    return [{"series": series, "step": step, task.SCORE: mean} for series, step, mean in points]
