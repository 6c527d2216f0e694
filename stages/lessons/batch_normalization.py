"""While training, batch normalization subtracts from each unit its mean over the batch, and divides
by its standard deviation there: x̂ = (x − mean) / √(variance + ε). Then γ and β, which are learned,
give it the scale and the shift that it needs: y = γ x̂ + β.

Beside, running statistics follow: after each batch they are 0.9 of what they were and 0.1 of the
batch's. At test time these take the place of the batch's, so that what an image gets does not
depend on those beside it. The variance that normalizes is that of the batch (divided by N), the one
that is kept an estimate for all images (divided by N − 1).
"""

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Batch normalization"
BATCH = np.array([[1.0, -2.0], [2.0, 0.0], [4.0, 1.0], [5.0, 5.0]])
TEST = np.array([[3.0, 1.0], [0.0, 0.0]])
GAMMA, BETA = np.array([2.0, 0.5]), np.array([1.0, 0.0])
EPS, MOMENTUM = 1e-5, 0.1


def normalized(x: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """x̂ of a batch [B, units], by these statistics."""
    return (x - mean) / np.sqrt(variance + EPS)


def statistics(x: np.ndarray) -> dict[str, np.ndarray]:
    """What a batch says of each unit, and the running statistics after it, which began with mean
    0 and variance 1."""
    mean, biased, unbiased = x.mean(axis=0), x.var(axis=0), x.var(axis=0, ddof=1)
    return {
        "mean": mean,
        "variance, N": biased,
        "variance, N − 1": unbiased,
        "running mean": (1 - MOMENTUM) * 0.0 + MOMENTUM * mean,
        "running variance": (1 - MOMENTUM) * 1.0 + MOMENTUM * unbiased,
    }


def train(x: np.ndarray) -> np.ndarray:
    """γ x̂ + β of a batch, by its own statistics."""
    found = statistics(x)
    return GAMMA * normalized(x, found["mean"], found["variance, N"]) + BETA


def test(x: np.ndarray) -> np.ndarray:
    """γ x̂ + β of images, by the running statistics after one batch, BATCH."""
    found = statistics(BATCH)
    return GAMMA * normalized(x, found["running mean"], found["running variance"]) + BETA


def tables() -> dict[str, Table]:
    """One batch in training, its statistics, two images at test time."""
    found = statistics(BATCH)
    hat = normalized(BATCH, found["mean"], found["variance, N"])
    running = normalized(TEST, found["running mean"], found["running variance"])
    units = pd.DataFrame({"unit": [1, 2], **found, "γ": GAMMA, "β": BETA})
    return {
        "statistics": Table(
            "What the batch of four images says of each of two units, and the running statistics "
            "after it, which began with mean 0 and variance 1.",
            units,
        ),
        "training": Table("In training mode.", _frame(BATCH, hat, train(BATCH))),
        "test": Table("At test time, two images.", _frame(TEST, running, test(TEST))),
    }


def _frame(x: np.ndarray, hat: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    columns = {"image": range(1, len(x) + 1)}
    for unit in range(x.shape[1]):
        columns |= {f"x{unit + 1}": x[:, unit], f"x̂{unit + 1}": hat[:, unit]}
        columns |= {f"y{unit + 1}": y[:, unit]}
    return pd.DataFrame(columns)
