"""What is known of the images of each data set: how many there are, and which are alike."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.study.local import on

COLUMNS = [
    "dataset", "train_images", "validation_images", "test_images", "copies", "copies_by",
    "near_places", "near", "near_by_chance", "blocks", "rungs", "block_effect", "block_effect_low",
    "block_effect_high",
]  # fmt: skip


def data(study: dict, runs: Path) -> pd.DataFrame:
    """A row per data set: how many of its training images are for validation, what likeness.py says
    of it, and of so many trained `rungs` the median, the lowest and the highest of what
    scoring/blocks.py does (NaN where it says nothing)."""
    rows = [_of(on(study, each), runs / each) | {"dataset": each} for each in study["datasets"]]
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def _of(study: dict, runs: Path) -> dict:
    trained = study["ladder"] + study["beside"]
    of_rungs = [files.read_json(runs / rung / "data.json") for rung in trained]
    known = dict(of_rungs[-1])
    effects = [of["block_effect"] for of in of_rungs if of["block_effect"] is not None]
    shown = (np.median, min, max) if effects else [lambda _: np.nan] * 3
    names = ("block_effect", "block_effect_low", "block_effect_high")
    share = study["budget"]["validation"]
    return known | {
        "validation_images": round(known["train_images"] * share),
        "rungs": len(effects),
        **{name: float(of(effects)) for name, of in zip(names, shown, strict=True)},
    }
