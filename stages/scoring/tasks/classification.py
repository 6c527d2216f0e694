"""Classification, scored: class probabilities against the true classes."""

import numpy as np

from stages.scoring.score import Score

# The share of images that are correctly classified. Nobody would call 10 percentage points none.
SCORE = Score("accuracy", percent=True, digits=1, large=0.1)
COMBINE = ("majority", "mean")
CALIBRATION_BINS = 10
GRID, SAMPLES_PER_CLASS, ERRORS = 25, 8, 12


def targets(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What was to be predicted of uint8 images [n, C, H, W] with labels [n]: the labels."""
    return labels


def scores(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """A score per member and image of probabilities [..., n, classes]: whether it is correctly
    classified, bools [..., n]."""
    return predictions.argmax(axis=-1) == targets


def loss(predictions: np.ndarray, targets: np.ndarray) -> float:
    """The mean cross-entropy of one member's probabilities [n, classes]."""
    of_truth = np.maximum(predictions[np.arange(len(targets)), targets].astype(np.float64), 1e-12)
    return float(-np.log(of_truth).mean())


def condensed(predictions: np.ndarray) -> np.ndarray:
    """What is kept of predictions [n, classes] along a curve: the predicted classes, uint8 [n]."""
    return predictions.argmax(axis=-1).astype(np.uint8)


def curve_scores(condensed: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The scores of condensed predictions [points, n]: bools [points, n]."""
    return condensed == targets


def finite(predictions: np.ndarray) -> np.ndarray:
    """Probabilities [..., classes] of which a diverged member (not a number) knows nothing:
    every class is as likely."""
    return np.where(np.isfinite(predictions), predictions, np.float32(1 / predictions.shape[-1]))


def chance(targets: np.ndarray, names: list[str]) -> float:
    """The accuracy of a network that knows nothing: one in so many classes."""
    return 1 / len(names)


def tables(predictions: np.ndarray, targets: np.ndarray, names: list[str]) -> dict[str, list[dict]]:
    """The rows of per_class, confusion and calibration for probabilities [members, n, classes]
    of the classes `names`."""
    confused = sum(confusion(p.argmax(axis=1), targets, len(names)) for p in predictions)
    return {
        "per_class": per_class(confused, names, len(predictions)),
        "confusion": cells(confused, names),
        "calibration": calibration(predictions, targets),
    }


def metrics(tables: dict[str, list[dict]]) -> dict[str, float | None]:
    """What stands in metrics.json beside score and loss."""
    return {"calibration_error": calibration_error(tables["calibration"])}


def confusion(predicted: np.ndarray, truth: np.ndarray, classes: int) -> np.ndarray:
    """Counts [classes, classes]: row truth, column prediction."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def per_class(confused: np.ndarray, names: list[str], members: int) -> list[dict]:
    """Precision (of what is predicted as this, how much is) and recall (of what is this, how
    much is predicted so) over all members."""
    rows = []
    for i, name in enumerate(names):
        right, called, is_this = (
            int(confused[i, i]),
            int(confused[:, i].sum()),
            int(confused[i].sum()),
        )
        precision, recall = (right / n if n else None for n in (called, is_this))
        rows.append(
            {"class": name, "images": is_this // members, "precision": precision, "recall": recall}
        )
    return rows


def calibration(probabilities: np.ndarray, truth: np.ndarray) -> list[dict]:
    """Accuracy by confidence: ten bins of one width, over all networks [members, n, classes] that
    have not diverged.

    Confidence is the probability of the predicted class; of each bin there is its mean, and
    `accuracy` there.
    """
    known = probabilities[np.isfinite(probabilities).all(axis=(1, 2))]
    sure, right = (
        known.max(axis=2).astype(np.float64).ravel(),
        (known.argmax(axis=2) == truth).ravel(),
    )
    place = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    rows = []
    for i in range(CALIBRATION_BINS):
        here = place == i
        found = (
            {"confidence": float(sure[here].mean()), "accuracy": float(right[here].mean())}
            if here.any()
            else {}
        )
        rows.append(
            {
                "low": i / CALIBRATION_BINS,
                "high": (i + 1) / CALIBRATION_BINS,
                "count": int(here.sum()),
                **found,
            }
        )
    return rows


def calibration_error(bins: list[dict]) -> float | None:
    """The mean distance of confidence and accuracy over bins, by their counts (Naeini et al.
    2015); None where all have diverged."""
    total = sum(row["count"] for row in bins)
    return (
        sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in bins if row["count"])
        / total
        if total
        else None
    )


def cells(confused: np.ndarray, names: list[str]) -> list[dict]:
    """Counts [classes, classes] as rows of true and predicted class."""
    return [
        {"truth": t, "prediction": p, "count": int(confused[i, j])}
        for i, t in enumerate(names)
        for j, p in enumerate(names)
    ]


def examples(
    predictions: np.ndarray, targets: np.ndarray, images: np.ndarray
) -> dict[str, np.ndarray]:
    """The test images that are shown, and what the members predict for them, predictions [members,
    n, classes].

    They are the first 25, the first 8 of each class and the most confident errors: those
    predictions of all members together (the mean of their softmax outputs) that are wrong and have
    the highest probability. Of each: its place in the test set (`index`), its true class, and every
    member's predicted class and its probability [members, k].
    """
    known = predictions[np.isfinite(predictions).all(axis=(1, 2))]
    together = (
        known.mean(axis=0)
        if len(known)
        else np.full(predictions.shape[1:], np.float32(1 / predictions.shape[2]))
    )
    confidence, wrong = together.max(axis=1), together.argmax(axis=1) != targets
    # A stable order, so that equal ones come in the order of the test set.
    errors = [i for i in np.argsort(-confidence, kind="stable") if wrong[i]][:ERRORS]
    of_class = [
        np.flatnonzero(targets == label)[:SAMPLES_PER_CLASS] for label in np.unique(targets)
    ]
    shown = np.unique(
        np.concatenate(
            [np.arange(min(GRID, len(targets))), *of_class, np.array(errors, dtype=np.int64)]
        )
    )
    return {
        "index": shown,
        "images": images[shown],
        "truth": targets[shown],
        "predicted": predictions[:, shown].argmax(axis=2).astype(np.uint8),
        "probability": predictions[:, shown].max(axis=2),
        "together": together[shown].argmax(axis=1).astype(np.uint8),
        "confidence": confidence[shown],
        "error": np.isin(shown, errors),
    }
