"""Where networks agree: which test images are worth looking at, because rungs disagree or an error
is confident, and how different the members of a rung are."""

from itertools import combinations

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


def diversity(scores: np.ndarray) -> tuple[float, float]:
    """How different members are by their scores [members, images], right or wrong, mean over all
    pairs: the share of images that one of the two classifies correctly and the other does not, and
    the correlation of their errors (Kuncheva and Whitaker 2003: the disagreement measure and the
    correlation coefficient); not a number where a member is always right or always wrong."""
    pairs = list(combinations(scores.astype(float), 2))
    disagreement = np.mean([np.mean(one != other) for one, other in pairs])
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.mean([np.corrcoef(one, other)[0, 1] for one, other in pairs])
    return float(disagreement), float(correlation)
