"""Which test images are worth looking at: those on which rungs disagree, and the most confident
errors."""

import numpy as np
import pandas as pd


def disputed(predictions: pd.DataFrame, count: int) -> list[int]:
    """Places in the test set of the images that nearest to half of the rungs classify correctly,
    the most disputed first.

    `predictions` has a row per image (`index`) and `rung`, with `prediction` and `truth`; an image
    that not every rung has is left out.
    """
    of_all = predictions.groupby("index").filter(
        lambda part: len(part) == predictions["rung"].nunique()
    )
    share = (of_all["prediction"] == of_all["truth"]).groupby(of_all["index"]).mean()
    return sorted(share.index, key=lambda index: (abs(share[index] - 0.5), index))[:count]


def most_confident(errors: np.ndarray, confidence: np.ndarray) -> list[int]:
    """The places of the `errors` (bools), the most confident first."""
    return sorted(np.flatnonzero(errors), key=lambda i: (-confidence[i], i))
