"""Classification, scored: class probabilities against the true classes."""

import numpy as np

from stages.scoring.score import Score

# The share of images that are correctly classified. Nobody would call 10 percentage points none.
SCORE = Score("accuracy", percent=True, digits=1, large=0.1)
COMBINE = ("majority", "mean", "weighted")
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
    """The accuracy of a network that has learned nothing: that always predicts the class with the
    most test images."""
    return float(np.bincount(targets).max() / len(targets))


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
        right = int(confused[i, i])
        predicted, actual = int(confused[:, i].sum()), int(confused[i].sum())
        precision, recall = (right / n if n else None for n in (predicted, actual))
        row = {"class": name, "images": actual // members}
        rows.append(row | {"precision": precision, "recall": recall})
    return rows


def calibration(probabilities: np.ndarray, truth: np.ndarray) -> list[dict]:
    """Accuracy by confidence (the probability of the predicted class, its mean per bin), in ten
    bins of one width, over all networks [members, n, classes] that have not diverged."""
    known = probabilities[np.isfinite(probabilities).all(axis=(1, 2))]
    sure = known.max(axis=2).astype(np.float64).ravel()
    right = (known.argmax(axis=2) == truth).ravel()
    place = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    rows: list[dict] = []
    for i in range(CALIBRATION_BINS):
        here = place == i
        row = {"low": i / CALIBRATION_BINS, "high": (i + 1) / CALIBRATION_BINS}
        rows.append(row | {"count": int(here.sum())})
        if here.any():
            rows[i] |= {"confidence": float(sure[here].mean())}
            rows[i] |= {"accuracy": float(right[here].mean())}
    return rows


def calibration_error(bins: list[dict]) -> float | None:
    """The mean distance of confidence and accuracy over bins, by their counts (Naeini et al.
    2015); None where all have diverged."""
    full = [row for row in bins if row["count"]]
    distances = sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in full)
    return distances / sum(row["count"] for row in full) if full else None


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
    """The test images that are shown, and the members' predictions [members, n, classes] for them.

    They are the first 25, the first 8 of each class and the most confident errors. Of each: its
    place in the test set (`index`), and every member's predicted class and its probability
    [members, k]. Of all test images [n]: the true class, and that which the members predict
    together, with its probability.
    """
    together = _together(predictions)
    confidence, errors = together.max(axis=1), _errors(together, targets)
    of_class = [
        np.flatnonzero(targets == label)[:SAMPLES_PER_CLASS] for label in np.unique(targets)
    ]
    shown = np.unique(np.concatenate([np.arange(min(GRID, len(targets))), *of_class, errors]))
    return {
        "index": shown,
        "images": images[shown],
        "truth": targets,
        "predicted": predictions[:, shown].argmax(axis=2).astype(np.uint8),
        "probability": predictions[:, shown].max(axis=2),
        "together": together.argmax(axis=1).astype(np.uint8),
        "confidence": confidence,
        "error": np.isin(shown, errors),
    }


def _together(predictions: np.ndarray) -> np.ndarray:
    """The mean of the members' softmax outputs [n, classes], but for those that have diverged."""
    known = predictions[np.isfinite(predictions).all(axis=(1, 2))]
    if len(known):
        return known.mean(axis=0)
    return np.full(predictions.shape[1:], np.float32(1 / predictions.shape[2]))


def _errors(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The most confident errors: the images [k] that are wrongly classified with the highest
    probability."""
    # A stable order, so that equal ones come in the order of the test set.
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    return order[(probabilities.argmax(axis=1) != targets)[order]][:ERRORS]
