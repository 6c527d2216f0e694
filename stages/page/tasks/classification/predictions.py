"""What each rung predicts for the test images that are shown, and which ones rungs disagree on."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages.page.tables.runs import read, scores
from stages.scoring.agreement import disputed
from stages.study.comparisons import comparisons

# So many of the images that rungs disagree on are shown.
DISPUTED = 10


def predictions(runs: Path, study: dict) -> pd.DataFrame:
    """A row per data set, image (its place in the test set, `index`) and rung.

    `prediction` is that of all members together (the class of their highest mean probability),
    `correct` the share of members whose own is the true class. `disputed` numbers the images on
    which rungs disagree most, from 1; `error` marks a rung's most confident errors.
    """
    parts = [_of(runs / dataset, study, dataset) for dataset in study["datasets"]]
    return pd.concat(parts, ignore_index=True)


def _of(runs: Path, study: dict, dataset: str) -> pd.DataFrame:
    names = list(dict.fromkeys(read(runs / study["ladder"][0] / "per_class.csv")["class"]))
    rungs = list(dict.fromkeys(rung for rung, *_ in comparisons(study)))
    kept = {rung: _kept(runs / rung) for rung in rungs}
    picks = disputed(np.array([of["together"] == of["truth"] for of in kept.values()]), DISPUTED)
    places = {index: place for place, index in enumerate(picks, start=1)}
    rows = []
    for rung, of in kept.items():
        errors = set(of["index"][of["error"]].tolist())
        right = scores(runs / rung).mean(axis=0)
        for index in sorted({*of["index"].tolist(), *picks}):
            row = {
                "dataset": dataset,
                "rung": rung,
                "index": index,
                "truth": names[of["truth"][index]],
                "prediction": names[of["together"][index]],
                "confidence": float(of["confidence"][index]),
                "correct": float(right[index]),
                "error": int(index in errors),
                "disputed": places.get(index),
            }
            rows.append(row)
    return pd.DataFrame(rows).astype({"disputed": "Int64"})


def _kept(run: Path) -> dict[str, np.ndarray]:
    with np.load(run / "images.npz") as file:
        # Each access reads the file.
        return {name: file[name] for name in file.files}
