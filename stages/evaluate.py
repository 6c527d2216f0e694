"""Hold a rung's predictions against the truth: the only stage that reads the test labels."""

from pathlib import Path

import numpy as np

from stages import command, files
from stages.statistics import accuracy_interval

GRID = 25
SAMPLES_PER_CLASS = 8


def main(predictions: Path, test_images: Path, test_labels: Path, classes: Path, run: Path) -> None:
    """Write into the folder `run`: metrics.json, members.csv, per_class.csv, confusion.csv, curve.csv and pictures.npz.

    The pictures [n, C, H, W] are the first 25 of the test set and the first 8 of each class, with truth [n] and every member's prediction
    [members, n]: all of the truth that the report needs to see.
    """
    truth, names = np.load(test_labels), files.read_json(classes)["names"]
    with np.load(predictions) as data:
        probabilities, curve = data["test_probabilities"], {key: data[f"curve_{key}"] for key in ("series", "step", "argmax")}
    members = [{"member": i} | score(p, truth) for i, p in enumerate(probabilities)]
    confused = sum(confusion(p.argmax(axis=1), truth, len(names)) for p in probabilities)
    files.write_rows(run / "members.csv", ["member", "accuracy", "loss", "diverged"], members)
    files.write_rows(run / "per_class.csv", ["class", "images", "precision", "recall"], per_class(confused, names, len(members)))
    files.write_rows(run / "confusion.csv", ["truth", "prediction", "count"], _cells(confused, names))
    accuracies = (curve["argmax"] == truth).mean(axis=1)
    points = zip(curve["series"].tolist(), curve["step"].tolist(), accuracies.tolist(), strict=True)
    rows = [{"series": series, "step": step, "accuracy": accuracy} for series, step, accuracy in points]
    files.write_rows(run / "curve.csv", ["series", "step", "accuracy"], rows)
    shown = picture_indices(truth)
    predicted = probabilities[:, shown].argmax(axis=2).astype(np.uint8)
    images = np.load(test_images, mmap_mode="r")[shown]
    files.write_arrays(run / "pictures.npz", index=shown, images=images, truth=truth[shown], predicted=predicted)
    files.write_json(run / "metrics.json", summary(members, len(truth)))


def score(probabilities: np.ndarray, truth: np.ndarray) -> dict:
    """Accuracy and cross-entropy of one member's probabilities [n, classes]; a member with a value that is not a number has diverged."""
    diverged = not np.isfinite(probabilities).all()
    of_truth = np.maximum(probabilities[np.arange(len(truth)), truth].astype(np.float64), 1e-12)
    return {
        "accuracy": float((probabilities.argmax(axis=1) == truth).mean()),
        "loss": None if diverged else float(-np.log(of_truth).mean()),
        "diverged": int(diverged),
    }


def summary(members: list[dict], images: int) -> dict:
    """The numbers of a rung: mean accuracy over members with its 95 % interval and standard deviation, mean loss of those not diverged."""
    accuracies = [member["accuracy"] for member in members]
    losses = [member["loss"] for member in members if member["loss"] is not None]
    mean, low, high = accuracy_interval(accuracies, images)
    return {
        "accuracy": mean,
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_std": float(np.std(accuracies, ddof=1)) if len(accuracies) > 1 else None,
        "loss": float(np.mean(losses)) if losses else None,
        "members": len(members),
        "diverged_members": sum(member["diverged"] for member in members),
        "test_images": images,
    }


def confusion(predicted: np.ndarray, truth: np.ndarray, classes: int) -> np.ndarray:
    """Counts [classes, classes]: row truth, column prediction."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def per_class(confused: np.ndarray, names: list[str], members: int) -> list[dict]:
    """Precision (of what was called this, how much is) and recall (of what is this, how much was called so) over all members."""
    rows = []
    for i, name in enumerate(names):
        right, called, is_this = int(confused[i, i]), int(confused[:, i].sum()), int(confused[i].sum())
        precision, recall = (right / n if n else None for n in (called, is_this))
        rows.append({"class": name, "images": is_this // members, "precision": precision, "recall": recall})
    return rows


def picture_indices(truth: np.ndarray) -> np.ndarray:
    """Which test images are shown: the first 25, and the first 8 of each class; sorted."""
    of_class = [np.flatnonzero(truth == label)[:SAMPLES_PER_CLASS] for label in np.unique(truth)]
    return np.unique(np.concatenate([np.arange(min(GRID, len(truth))), *of_class]))


def _cells(confused: np.ndarray, names: list[str]) -> list[dict]:
    return [{"truth": t, "prediction": p, "count": int(confused[i, j])} for i, t in enumerate(names) for j, p in enumerate(names)]


if __name__ == "__main__":
    command.run(main)
