"""Whitening is batch normalization's forerunner (deck 000): it turns the axes so that the values of
a batch have mean 0, variance 1, and no correlation between any two of them. With the covariance's
eigenvectors E and eigenvalues D it is D^(−½) Eᵀ (x − mean); turned back by E, as ZCA, it stays as
near to x as it can.

Batch normalization does without the turning, which costs an eigendecomposition of all units at each
step: each unit has mean 0 and variance 1, and what units have in common stays.
"""

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Whitening"
COUNT = 100
MIX, MEAN = np.array([[2.0, 0.0], [1.2, 0.5]]), np.array([3.0, -1.0])


def values(seed: int = 0) -> np.ndarray:
    """Two units of 100 images, correlated: [100, 2]."""
    return np.random.RandomState(seed).randn(COUNT, 2) @ MIX.T + MEAN


def whitened(x: np.ndarray, back: bool) -> np.ndarray:
    """Values [B, n] with an identity for covariance: PCA's way, or turned `back` by ZCA."""
    eigenvalues, vectors = np.linalg.eigh(np.cov(x, rowvar=False, bias=True))
    # An eigenvector's sign is nobody's choice: its largest entry is positive here.
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), range(x.shape[1])])
    found = (x - x.mean(axis=0)) @ vectors / np.sqrt(eigenvalues)
    return found @ vectors.T if back else found


def standardized(x: np.ndarray) -> np.ndarray:
    """Each unit by its own mean and standard deviation, as batch normalization does."""
    return (x - x.mean(axis=0)) / x.std(axis=0)


def tables() -> dict[str, Table]:
    """Means, variances and correlation before and after."""
    x = values()
    ways = {
        "as it is": x,
        "batch normalization": standardized(x),
        "whitening, PCA": whitened(x, back=False),
        "whitening, ZCA": whitened(x, back=True),
    }
    return {
        "values": Table("Values.", _values(ways), drawn=True),
        "covariances": Table(
            f"Two units over {COUNT} images.",
            pd.DataFrame([_row(name, found) for name, found in ways.items()]),
        ),
    }


def _values(ways: dict[str, np.ndarray]) -> pd.DataFrame:
    rows = [(name, *pair) for name, found in ways.items() for pair in found]
    return pd.DataFrame(rows, columns=["way", "unit 1", "unit 2"])


def _row(name: str, found: np.ndarray) -> dict:
    (first, both), (_, second) = np.cov(found, rowvar=False, bias=True).round(12) + 0.0
    means = found.mean(axis=0).round(12) + 0.0
    return {
        "values": name,
        "mean 1": means[0],
        "mean 2": means[1],
        "variance 1": first,
        "variance 2": second,
        "covariance": both,
        "correlation": both / np.sqrt(first * second),
    }
