"""A rung's predictions, scored against the test targets: the same for every task."""

import numpy as np

from stages.scoring import learning
from stages.scoring.statistics import score_interval
from stages.scoring.tasks import Task


def scores(task: Task, predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The score of every member and image of predictions [members, n, ...]: bools or float64
    [members, n]."""
    found = task.scores(task.finite(predictions), targets)
    return found if found.dtype == bool else found.astype(np.float64)


def members(
    task: Task,
    predictions: np.ndarray,
    targets: np.ndarray,
    scores: np.ndarray,
    chance: float | None,
) -> list[dict]:
    """Score and loss of each member's predictions [n, ...], and whether it has learned; a member
    with a value that is not a number has diverged."""
    rows = []
    for i, predicted in enumerate(predictions):
        diverged = not np.isfinite(predicted).all()
        loss = None if diverged else task.loss(predicted, targets)
        row = {"member": i, task.SCORE.name: float(scores[i].mean())}
        rows.append(row | {"loss": loss, "diverged": int(diverged)})
    able = learning.learned(scores, chance, task.SCORE)
    return [row | {"learned": int(able[i] and not row["diverged"])} for i, row in enumerate(rows)]


def counted(members: list[dict]) -> np.ndarray:
    """Which members' predictions a rung's numbers are of: bools [members]."""
    return learning.counted(np.array([row["learned"] for row in members], dtype=bool))


def summary(
    task: Task,
    members: list[dict],
    scores: np.ndarray,
    chance: float | None,
    tables: dict[str, list[dict]],
) -> dict:
    """The numbers of a rung: how many of its members learned, with the interval of that share; of
    those (of all, where none did) the score and the mean loss; the score at chance level, and what
    the task makes of its tables. `scores` [members, images] are those of each image."""
    of = counted(members)
    losses = [row["loss"] for row, count in zip(members, of, strict=True) if count]
    losses = [loss for loss in losses if loss is not None]
    learned = sum(row["learned"] for row in members)
    low, high = learning.share_interval(learned, len(members))
    return {
        **_mean_score(task, scores[of]),
        "chance": chance,
        "loss": float(np.mean(losses)) if losses else None,
        "members": len(members),
        "learned_members": learned,
        "learned_low": low,
        "learned_high": high,
        "diverged_members": sum(row["diverged"] for row in members),
        "test_images": scores.shape[1],
        **task.metrics(tables),
    }


def _mean_score(task: Task, scores: np.ndarray) -> dict:
    """The mean of scores [members, images] with its 95 % interval and the members' standard
    deviation."""
    name, means = task.SCORE.name, scores.mean(axis=1)
    mean, low, high = score_interval(scores, task.SCORE.percent)
    std = float(means.std(ddof=1)) if len(means) > 1 else None
    return {name: mean, f"{name}_low": low, f"{name}_high": high, f"{name}_std": std}


def robustness(task: Task, predicted: dict[str, np.ndarray], targets: np.ndarray) -> list[dict]:
    """Each member's score on the first test images when they are transformed: a row per setting
    (`predicted` is a predictions.npz) and member; none where that would change the targets."""
    predictions = predicted["robustness_predictions"]
    images = predictions.shape[2]
    if not predictions.shape[1]:
        return []
    means = task.scores(task.finite(predictions), targets[:images]).mean(axis=2)
    settings = zip(
        *(predicted[f"robustness_{name}"].tolist() for name in ("kind", "unit", "amount")),
        strict=True,
    )
    return [
        {
            "transform": kind,
            "unit": unit,
            "amount": amount,
            "member": member,
            "images": images,
            task.SCORE.name: float(means[member, i]),
        }
        for i, (kind, unit, amount) in enumerate(settings)
        for member in range(len(means))
    ]


def curve(task: Task, predicted: dict[str, np.ndarray], targets: np.ndarray) -> list[dict]:
    """The score after each epoch (of an ensemble: of so many members), of each series."""
    means = task.curve_scores(predicted["curve_predictions"], targets).mean(axis=1)
    points = zip(
        predicted["curve_series"].tolist(),
        predicted["curve_step"].tolist(),
        means.tolist(),
        strict=True,
    )
    return [
        {"series": series, "step": step, task.SCORE.name: mean} for series, step, mean in points
    ]
