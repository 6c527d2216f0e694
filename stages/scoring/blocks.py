"""Whether test images that lie near each other are as independent as intervals take them to be."""

import warnings

import numpy as np
from scipy.stats import ConstantInputWarning, f, f_oneway

# As many as likeness.py calls near.
BLOCK = 130


def effect(scores: np.ndarray) -> dict:
    """How much more the scores [members, images] of a rung vary from one block of neighbouring
    images to the next than those of independent images would: the F of a one-way analysis of
    variance of each image's mean over members, 1 on average where images are independent.

    None with fewer than two blocks, or where all images score alike.
    """
    blocks = round(scores.shape[1] / BLOCK)
    found = np.nan
    if blocks > 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConstantInputWarning)
            found = float(f_oneway(*np.array_split(scores.mean(axis=0), blocks)).statistic)
    return {"blocks": blocks, "block_effect": found if np.isfinite(found) else None}


def unlikely(blocks: int, images: int) -> float:
    """The effect that independent images exceed in one of twenty cases, of one rung."""
    return float(f.isf(0.05, blocks - 1, images - blocks))
