"""Segmentation on the page: which classes are found, and the images with their maps of classes."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from stages.page.cells.view import Cell, View, head, measured
from stages.page.images import png
from stages.page.tables.runs import all_rungs, gather
from stages.page.tasks.classification.figures import confusion

SECTIONS = [("errors", "Where it fails"), ("images", "Images")]
TEMPLATE = "segmentation/sections.html.j2"
EMBEDDED = ["per_class", "confusion"]
KEPT, SUMMED_UP = ["per_class"], ["pixels"]
# Of each class the colour [R, G, B]: the first one, the background, is black.
COLOURS = (np.array([(0, 0, 0), *matplotlib.colormaps["tab20"].colors]) * 255).astype(np.uint8)
WRONG, RIGHT = (230, 60, 60), (235, 235, 235)


def tables(runs: Path, study: dict) -> dict[str, pd.DataFrame]:
    """Per class and confusion of every rung, over the pixels of all test images."""
    rungs = all_rungs(study)
    return {name: gather(runs, study, rungs, f"{name}.csv") for name in ("per_class", "confusion")}


def figures(study: dict, of: dict[str, pd.DataFrame]) -> Iterator[tuple[str, plt.Figure]]:
    """The confusion matrix of the ladder's last rung."""
    confused = of["confusion"]
    shares = confused[confused["rung"] == study["ladder"][-1]]
    yield "confusion", confusion(shares, in_percent=True)


def views(study: dict, of: dict[str, pd.DataFrame]) -> list[View]:
    """The last rung class by class, and the scores over all pixels of every rung."""
    last = of["per_class"][of["per_class"]["rung"] == study["ladder"][-1]]
    names = ["iou", "recall", "precision"]
    classes = [
        [Cell(str(row["class"]), looks="head"), Cell(str(row["images"]), row["images"])]
        + [_percent(row[name]) for name in names]
        for row in last.to_dict("records")
    ]
    rungs = [
        [head(row.rung), *map(_percent, (row.mean_iou, row.iou_over_classes, row.pixel_accuracy))]
        for row in of["ladder"].drop_duplicates("rung").itertuples()
    ]
    heads = ["Class", "Images that have it", "IoU", "Recall", "Precision"]
    over = ["Rung", "Mean IoU of an image", "Mean IoU over classes", "Pixels correctly classified"]
    return [
        View("per-class", "The classes, over all pixels", heads, classes, "per_class"),
        View("pixels", "Every rung, over all pixels", over, rungs, "ladder"),
    ]


def _percent(share: float) -> Cell:
    return measured(share, lambda value: f"{100 * value:.1f} %")


def shown(study: dict, run: Path, of: dict[str, pd.DataFrame], tested: np.ndarray) -> dict:
    """The first test images with the true classes of their pixels, the predicted ones, and where
    these differ; and the colour of each class."""
    names = list(dict.fromkeys(of["confusion"]["truth"]))
    with np.load(run / "images.npz") as kept:
        parts = [kept[name] for name in ("images", "truth", "predicted")]
    return {
        "maps": [_maps(*of_image) for of_image in zip(*parts, strict=True)],
        "colours": [(name, _hex(_colour(label))) for label, name in enumerate(names)],
    }


def _maps(image: np.ndarray, truth: np.ndarray, predicted: np.ndarray) -> dict:
    wrong = np.where((truth != predicted)[..., None], WRONG, RIGHT).astype(np.uint8)
    pictures = {"truth": _colour(truth), "prediction": _colour(predicted), "errors": wrong}
    made = {name: png(picture.transpose(2, 0, 1)) for name, picture in pictures.items()}
    return {"image": png(image), "right": float((truth == predicted).mean()), **made}


def _colour(labels: int | np.ndarray) -> np.ndarray:
    """The colours of labels [...]: uint8 [..., 3]."""
    # Of more classes than there are colours, some share one.
    return COLOURS[np.asarray(labels) % len(COLOURS)]


def _hex(colour: np.ndarray) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
