"""Classification on the page: where it fails, how sure it is, and the images with what was
predicted of them."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from stages.page.cells.view import View
from stages.page.tables.runs import all_rungs, gather
from stages.page.tasks.classification import cells, images
from stages.page.tasks.classification import figures as drawn
from stages.page.tasks.classification.predictions import predictions

SECTIONS = [("errors", "Where it fails"), ("images", "Images")]
TEMPLATE = "classification/sections.html.j2"
EMBEDDED = ["per_class", "confusion", "calibration", "predictions"]


def tables(runs: Path, study: dict) -> dict[str, pd.DataFrame]:
    """Per class, confusion and calibration of every rung, and what rungs predict for the test
    images that are shown."""
    gathered = {
        name: gather(runs, study, all_rungs(study), f"{name}.csv")
        for name in ("per_class", "confusion", "calibration")
    }
    return gathered | {"predictions": predictions(runs, study)}


def figures(study: dict, of: dict[str, pd.DataFrame]) -> Iterator[tuple[str, plt.Figure]]:
    """The confusion matrix of the last rung, and the reliability diagram of first, last and
    combined rungs."""
    first, last = study["ladder"][0], study["ladder"][-1]
    yield "confusion", drawn.confusion(of["confusion"][of["confusion"]["rung"] == last])
    combined = of["ladder"].loc[of["ladder"]["kind"] == "combined", "rung"].tolist()
    yield (
        "calibration",
        drawn.calibration(
            of["calibration"][of["calibration"]["rung"].isin([first, last, *combined])]
        ),
    )


def views(study: dict, of: dict[str, pd.DataFrame]) -> list[View]:
    """The last rung class by class, and how sure every rung is."""
    last = of["per_class"][of["per_class"]["rung"] == study["ladder"][-1]]
    return [cells.per_class(last), cells.calibration(of["ladder"])]


def shown(study: dict, run: Path, of: dict[str, pd.DataFrame], tested: np.ndarray) -> dict:
    """The first test images, samples of each class, the most confident errors, and images on
    which rungs disagree."""
    names = list(dict.fromkeys(of["confusion"]["truth"]))
    with np.load(run / "images.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    return {
        "grid": images.grid(kept, names),
        "samples": images.samples(kept, names),
        "errors": images.errors(kept, names),
        "compared": images.compared(of["predictions"], tested),
    }
