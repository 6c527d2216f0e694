"""Segmentation, scored: class probabilities of every pixel against its true class."""

import numpy as np

from stages.scoring.score import Score
from stages.scoring.tasks.classification import cells, confusion

# Of each image, the mean over its classes of intersection over union.
SCORE = Score("mean_iou", percent=True, digits=1, large=0.1)
COMBINE = ("majority", "mean")
COLUMNS = {"per_class": ["class", "images", "iou", "recall", "precision"]}
# As stages/tasks/segmentation.py keeps them: the classes of the first test images.
ON_THE_WAY = 100
SHOWN, CLASSES = 12, -3


def targets(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What was to be predicted of uint8 images [n, C, H, W]: the class of each pixel [n, H, W]."""
    return labels


def scores(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """A score per member and image of probabilities [..., n, classes, H, W]: float64 [..., n]."""
    return _scores(predictions.argmax(axis=CLASSES), targets)


def _scores(predicted: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The same of predicted classes [..., n, H, W]."""
    flat = predicted.reshape(-1, *targets.shape)
    found = [mean_iou(classes, targets) for classes in flat]
    return np.reshape(found, predicted.shape[:-2]).astype(np.float64)


def mean_iou(predicted: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Of predicted and true classes [n, H, W], the mean over the classes that stand in either of
    intersection over union, image by image: float64 [n]."""
    kinds = np.arange(max(predicted.max(initial=0), targets.max(initial=0)) + 1)
    sums, counts = np.zeros(len(targets)), np.zeros(len(targets))
    for kind in kinds:
        here, there = predicted == kind, targets == kind
        either = (here | there).sum(axis=(1, 2))
        sums += (here & there).sum(axis=(1, 2)) / np.maximum(either, 1)
        counts += either > 0
    return sums / counts


def loss(predictions: np.ndarray, targets: np.ndarray) -> float:
    """The mean cross-entropy of one member's probabilities [n, classes, H, W]."""
    of_truth = np.take_along_axis(predictions, targets[:, None].astype(np.int64), axis=1)
    return float(-np.log(np.maximum(of_truth.astype(np.float64), 1e-7)).mean())


def condensed(predictions: np.ndarray) -> np.ndarray:
    """What is kept of predictions [n, classes, H, W] along a curve: the classes of the first
    images, uint8."""
    return predictions[:ON_THE_WAY].argmax(axis=1).astype(np.uint8)


def curve_scores(condensed: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The scores of condensed predictions [points, k, H, W]: float64 [points, k]."""
    return _scores(condensed, targets[: condensed.shape[1]])


def finite(predictions: np.ndarray) -> np.ndarray:
    """Probabilities [..., classes, H, W] of which a diverged member (not a number) knows nothing:
    every class is as likely."""
    share = predictions.dtype.type(1 / predictions.shape[CLASSES])
    return np.where(np.isfinite(predictions), predictions, share)


def chance(targets: np.ndarray, names: list[str]) -> float:
    """The score of a network that says the most frequent class of every pixel."""
    common = np.bincount(targets.ravel()).argmax()
    return float(mean_iou(np.full_like(targets, common), targets).mean())


def tables(predictions: np.ndarray, targets: np.ndarray, names: list[str]) -> dict[str, list[dict]]:
    """The rows of per_class and confusion, pixel by pixel, for probabilities [members, n, classes,
    H, W] of the classes `names`."""
    # A product of classes would not fit into the 8 bits that they are kept in.
    truth = targets.astype(np.int64).ravel()
    predicted = [finite(p).argmax(axis=1).ravel() for p in predictions]
    confused = sum(confusion(of, truth, len(names)) for of in predicted)
    images = [int((targets == i).any(axis=(1, 2)).sum()) for i in range(len(names))]
    per = per_class(confused, names, images)
    return {"per_class": per, "confusion": cells(confused, names)}


def per_class(confused: np.ndarray, names: list[str], images: list[int]) -> list[dict]:
    """Of each class, over the pixels of all test images and members: intersection over union
    (Everingham et al. 2010), recall and precision; and how many `images` have it."""
    rows = []
    for i, name in enumerate(names):
        right, true, predicted = confused[i, i], confused[i].sum(), confused[:, i].sum()
        of = {"iou": true + predicted - right, "recall": true, "precision": predicted}
        shares = {key: float(right / count) if count else None for key, count in of.items()}
        rows.append({"class": name, "images": images[i]} | shares)
    return rows


def metrics(tables: dict[str, list[dict]]) -> dict[str, float | None]:
    """What stands in metrics.json beside score and loss: the share of pixels that are correctly
    classified, and the mean over classes of their intersection over union."""
    found = tables["confusion"]
    right = sum(cell["count"] for cell in found if cell["truth"] == cell["prediction"])
    known = [row["iou"] for row in tables["per_class"] if row["iou"] is not None]
    pixels = sum(cell["count"] for cell in found)
    return {"pixel_accuracy": right / pixels, "iou_over_classes": float(np.mean(known))}


def examples(
    predictions: np.ndarray, targets: np.ndarray, images: np.ndarray
) -> dict[str, np.ndarray]:
    """The first test images, and the classes of their pixels: true, and as the first member
    predicts them [k, H, W]."""
    shown = slice(SHOWN)
    return {
        "index": np.arange(min(SHOWN, len(images))),
        "images": np.array(images[shown]),
        "truth": targets[shown],
        "predicted": finite(predictions[0, shown]).argmax(axis=1).astype(np.uint8),
    }
