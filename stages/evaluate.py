"""Hold a rung's predictions against the truth: the only stage that reads the test labels."""

from pathlib import Path

import numpy as np

from stages import command, files
from stages.statistics import accuracy_interval

GRID = 25
SAMPLES_PER_CLASS = 8
MISTAKES = 12
CALIBRATION_BINS = 10
DISTORTIONS = ["distortion", "unit", "amount", "member", "images", "accuracy"]


def main(predictions: Path, test_images: Path, test_labels: Path, classes: Path, run: Path) -> None:
    """Write into the folder `run`: metrics.json, members.csv, per_class.csv, confusion.csv, curve.csv, calibration.csv, distortions.csv,
    correct.npz (which test images each member named rightly: `correct` [members, n], in bits) and pictures.npz.

    The pictures [k, C, H, W] are the first 25 of the test set, the first 8 of each class and the most confident mistakes, with their place
    in the test set (`index`), truth [k], and every member's prediction and its probability [members, k]: all of the truth that the report
    needs to see.
    """
    truth, names = np.load(test_labels), files.read_json(classes)["names"]
    with np.load(predictions) as data:
        said = {name: data[name] for name in data.files}
    probabilities = said["test_probabilities"]
    members = [{"member": i} | score(p, truth) for i, p in enumerate(probabilities)]
    confused = sum(confusion(p.argmax(axis=1), truth, len(names)) for p in probabilities)
    correct = probabilities.argmax(axis=2) == truth
    bins = calibration(probabilities, truth)
    files.write_rows(run / "members.csv", ["member", "accuracy", "loss", "diverged"], members)
    files.write_rows(run / "per_class.csv", ["class", "images", "precision", "recall"], per_class(confused, names, len(members)))
    files.write_rows(run / "confusion.csv", ["truth", "prediction", "count"], _cells(confused, names))
    files.write_rows(run / "calibration.csv", ["low", "high", "count", "confidence", "accuracy"], bins)
    files.write_rows(run / "curve.csv", ["series", "step", "accuracy"], _curve(said, truth))
    files.write_rows(run / "distortions.csv", DISTORTIONS, distortions(said, truth))
    files.write_arrays(run / "correct.npz", correct=np.packbits(correct, axis=1), images=np.array(len(truth)))
    files.write_arrays(run / "pictures.npz", **pictures(probabilities, truth, np.load(test_images, mmap_mode="r")))
    files.write_json(run / "metrics.json", summary(members, correct) | {"calibration_error": calibration_error(bins)})


def score(probabilities: np.ndarray, truth: np.ndarray) -> dict:
    """Accuracy and cross-entropy of one member's probabilities [n, classes]; a member with a value that is not a number has diverged."""
    diverged = not np.isfinite(probabilities).all()
    of_truth = np.maximum(probabilities[np.arange(len(truth)), truth].astype(np.float64), 1e-12)
    return {
        "accuracy": float((probabilities.argmax(axis=1) == truth).mean()),
        "loss": None if diverged else float(-np.log(of_truth).mean()),
        "diverged": int(diverged),
    }


def summary(members: list[dict], correct: np.ndarray) -> dict:
    """The numbers of a rung: mean accuracy over members with its 95 % interval and standard deviation, mean loss of those not diverged.

    `correct` [members, images] tells which test images each member named rightly.
    """
    accuracies = [member["accuracy"] for member in members]
    losses = [member["loss"] for member in members if member["loss"] is not None]
    mean, low, high = accuracy_interval(correct)
    return {
        "accuracy": mean,
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_std": float(np.std(accuracies, ddof=1)) if len(accuracies) > 1 else None,
        "loss": float(np.mean(losses)) if losses else None,
        "members": len(members),
        "diverged_members": sum(member["diverged"] for member in members),
        "test_images": correct.shape[1],
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


def calibration(probabilities: np.ndarray, truth: np.ndarray) -> list[dict]:
    """How often networks [members, n, classes] are right when they are so sure: ten bins of one width, over all that have not diverged.

    Sure is the probability of the answer; `confidence` is its mean in a bin, `accuracy` the share of right answers there.
    """
    known = probabilities[np.isfinite(probabilities).all(axis=(1, 2))]
    sure, right = known.max(axis=2).astype(np.float64).ravel(), (known.argmax(axis=2) == truth).ravel()
    place = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    rows = []
    for i in range(CALIBRATION_BINS):
        here = place == i
        found = {"confidence": float(sure[here].mean()), "accuracy": float(right[here].mean())} if here.any() else {}
        rows.append({"low": i / CALIBRATION_BINS, "high": (i + 1) / CALIBRATION_BINS, "count": int(here.sum()), **found})
    return rows


def calibration_error(bins: list[dict]) -> float | None:
    """The mean distance of confidence and accuracy over bins, by their counts (Naeini et al. 2015); None where all have diverged."""
    total = sum(row["count"] for row in bins)
    return sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in bins if row["count"]) / total if total else None


def distortions(said: dict[str, np.ndarray], truth: np.ndarray) -> list[dict]:
    """How often each member is right about the first test images when they are distorted: a row per setting (see members.py) and member."""
    answers = said["distorted_probabilities"].argmax(axis=3)
    images = answers.shape[2]
    accuracies = (answers == truth[:images]).mean(axis=2)
    settings = zip(*(said[f"distorted_{name}"].tolist() for name in ("kind", "unit", "amount")), strict=True)
    return [
        {"distortion": kind, "unit": unit, "amount": amount, "member": member, "images": images, "accuracy": float(accuracies[member, i])}
        for i, (kind, unit, amount) in enumerate(settings)
        for member in range(len(accuracies))
    ]


def pictures(probabilities: np.ndarray, truth: np.ndarray, images: np.ndarray) -> dict[str, np.ndarray]:
    """The test pictures that are shown, and what the members [members, n, classes] say of them; `mistake` marks the confident mistakes.

    These are the wrong answers of all members together (the mean of their softmax outputs) that have the highest probability.
    """
    known = probabilities[np.isfinite(probabilities).all(axis=(1, 2))]
    together = known.mean(axis=0) if len(known) else np.full(probabilities.shape[1:], np.float32(1 / probabilities.shape[2]))
    sure, wrong = together.max(axis=1), together.argmax(axis=1) != truth
    # A stable order, so that equal ones come in the order of the test set.
    mistakes = [i for i in np.argsort(-sure, kind="stable") if wrong[i]][:MISTAKES]
    of_class = [np.flatnonzero(truth == label)[:SAMPLES_PER_CLASS] for label in np.unique(truth)]
    shown = np.unique(np.concatenate([np.arange(min(GRID, len(truth))), *of_class, np.array(mistakes, dtype=np.int64)]))
    return {
        "index": shown,
        "images": images[shown],
        "truth": truth[shown],
        "predicted": probabilities[:, shown].argmax(axis=2).astype(np.uint8),
        "probability": probabilities[:, shown].max(axis=2),
        "together": together[shown].argmax(axis=1).astype(np.uint8),
        "sure": sure[shown],
        "mistake": np.isin(shown, mistakes),
    }


def _curve(said: dict[str, np.ndarray], truth: np.ndarray) -> list[dict]:
    accuracies = (said["curve_argmax"] == truth).mean(axis=1)
    points = zip(said["curve_series"].tolist(), said["curve_step"].tolist(), accuracies.tolist(), strict=True)
    return [{"series": series, "step": step, "accuracy": accuracy} for series, step, accuracy in points]


def _cells(confused: np.ndarray, names: list[str]) -> list[dict]:
    return [{"truth": t, "prediction": p, "count": int(confused[i, j])} for i, t in enumerate(names) for j, p in enumerate(names)]


if __name__ == "__main__":
    command.run(main)
