"""A gradient that comes back through ten layers has been multiplied by ten derivatives of the
activation. The sigmoid's is at most ¼, so that a millionth is left at best; tanh's is at most 1,
but only at 0; ReLU's is exactly 1 wherever the sum is positive, and 0 elsewhere, where a unit can
die; leaky ReLU keeps a hundredth there.
"""

import numpy as np
import pandas as pd

from stages.lessons import Table
from stages.lessons._units import UNITS

TITLE = "Derivatives of activations"
SUMS = np.array([-4.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 4.0])
LAYERS = 10
DRAWN = np.linspace(-6, 6, 121)


def tables() -> dict[str, Table]:
    """Values and derivatives at some sums z, the product of ten derivatives, and the curves."""
    return {
        "curves": Table("Derivatives.", _derivatives(DRAWN), drawn=True),
        "values": Table("F(z), the activation itself.", _values()),
        "derivatives": Table("F'(z), its derivative.", _derivatives(SUMS)),
        "products": Table(
            f"What {LAYERS} layers leave of a gradient, by the activation alone, where each unit's "
            "sum is z: F'(z) to the tenth power. “At best” is at the sum where F' is largest.",
            _products(),
        ),
    }


def _values() -> pd.DataFrame:
    return pd.DataFrame({"z": SUMS, **{name: value(SUMS) for name, (value, _) in UNITS.items()}})


def _derivatives(sums: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"z": sums, **{name: slope(sums) for name, (_, slope) in UNITS.items()}})


def _products() -> pd.DataFrame:
    rows = []
    for name, (_, slope) in UNITS.items():
        at = {_head(z): float(slope(np.array(z))) ** LAYERS for z in (-1, 1, 2, 4)}
        rows.append({"activation": name, "at_best": slope(DRAWN).max() ** LAYERS, **at})
    return pd.DataFrame(rows)


def _head(z: float) -> str:
    return f"at z = {z:g}".replace("-", "−")
