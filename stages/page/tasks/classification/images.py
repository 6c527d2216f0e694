"""The test images that the page shows, and what was predicted for them."""

import numpy as np
import pandas as pd

from stages.page.images import png
from stages.scoring.agreement import most_confident
from stages.scoring.tasks.classification import GRID, SAMPLES_PER_CLASS


def grid(shown: dict, names: list[str]) -> list[dict]:
    """The first 25 test images with truth and the first member's prediction."""
    picks = np.flatnonzero(shown["index"] < GRID)
    pairs = [
        (png(shown["images"][i]), names[_truth(shown)[i]], names[shown["predicted"][0][i]])
        for i in picks
    ]
    return [
        {"image": image, "truth": truth, "prediction": prediction}
        for image, truth, prediction in pairs
    ]


def _truth(shown: dict) -> np.ndarray:
    return shown["truth"][shown["index"]]


def samples(shown: dict, names: list[str]) -> list[tuple[str, list[str]]]:
    """For each class, its first test images."""
    picks = {
        name: np.flatnonzero(_truth(shown) == label)[:SAMPLES_PER_CLASS]
        for label, name in enumerate(names)
    }
    return [(name, [png(shown["images"][i]) for i in indices]) for name, indices in picks.items()]


def errors(shown: dict, names: list[str]) -> list[dict]:
    """The most confident errors of all members together, the most confident first."""
    places = shown["index"].tolist()
    return [
        {
            "image": png(shown["images"][i]),
            "truth": names[shown["truth"][places[i]]],
            "prediction": names[shown["together"][places[i]]],
            "confidence": float(shown["confidence"][places[i]]),
            "index": places[i],
        }
        for i in most_confident(shown["error"], shown["confidence"][places])
    ]


def compared(predictions: pd.DataFrame, images: np.ndarray) -> dict:
    """Of all test `images` [n, C, H, W] those on which rungs disagree most, with every rung's
    prediction."""
    picked = predictions.dropna(subset="disputed").sort_values("disputed")
    picks = list(dict.fromkeys(picked["index"]))
    truths = dict(zip(picked["index"], picked["truth"], strict=True))
    by_rung = {
        rung: part.set_index("index")["prediction"]
        for rung, part in predictions.groupby("rung", sort=False)
    }
    return {
        "images": [
            {"image": png(images[index]), "truth": truths[index], "index": index} for index in picks
        ],
        "predictions": {
            rung: [(given[index], given[index] == truths[index]) for index in picks]
            for rung, given in by_rung.items()
        },
    }
