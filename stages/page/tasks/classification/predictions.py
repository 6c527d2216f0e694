"""What each rung predicts for the test images that are shown."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages.page.tables.runs import read
from stages.study.comparisons import comparisons


def predictions(runs: Path, study: dict) -> pd.DataFrame:
    """A row per data set, image (its place in the test set) and rung.

    `prediction` is that of all members together (the class of their highest mean probability),
    `correct` the share of members whose own is the true class.
    """
    parts = [_of(runs / dataset, study, dataset) for dataset in study["datasets"]]
    return pd.concat(parts, ignore_index=True)


def _of(runs: Path, study: dict, dataset: str) -> pd.DataFrame:
    names = list(dict.fromkeys(read(runs / study["ladder"][0] / "per_class.csv")["class"]))
    rows = []
    for rung in dict.fromkeys(rung for rung, *_ in comparisons(study)):
        with np.load(runs / rung / "images.npz") as file:
            # Each access reads the file.
            shown = {name: file[name] for name in file.files}
        right = (shown["predicted"] == shown["truth"]).mean(axis=0)
        for i, index in enumerate(shown["index"].tolist()):
            row = {
                "dataset": dataset,
                "rung": rung,
                "index": index,
                "truth": names[shown["truth"][i]],
                "prediction": names[shown["together"][i]],
                "confidence": float(shown["confidence"][i]),
                "correct": float(right[i]),
                "error": int(shown["error"][i]),
            }
            rows.append(row)
    return pd.DataFrame(rows)
