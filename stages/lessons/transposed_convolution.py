"""A transposed convolution (“deconvolution” in deck 002) lays the filter down at each pixel of the
input, times the pixel's value, and adds up where filters overlap. Its stride S spaces the input's
pixels, so that what comes out is larger; its padding P cuts the border off.

So the side that comes out is (N − 1)S + F − 2P. The formula that deck 002 prints for it,
(N − F + 2P)/S + 1, is that of a convolution, whose sizes a transposed convolution undoes: the one
turns (N − 1)S + F − 2P back into N.
"""

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Transposed convolution"
INPUT = np.array([[1.0, 2.0], [3.0, 4.0]])
FILTER = np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]) / 4
# What it is called: stride, padding.
CASES = {"stride 1": (1, 0), "stride 2": (2, 0), "stride 2, padding 1": (2, 1)}


def size(n: int, f: int, s: int, p: int) -> int:
    """The side of what comes out: (N - 1)S + F - 2P."""
    return (n - 1) * s + f - 2 * p


def transposed(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """The transposed convolution of an image [N, N] with a kernel [F, F]."""
    (n, _), (f, _) = image.shape, kernel.shape
    out = np.zeros((size(n, f, stride, 0),) * 2)
    for (row, column), value in np.ndenumerate(image):
        top, left = row * stride, column * stride
        out[top : top + f, left : left + f] += value * kernel
    return out[padding : len(out) - padding, padding : len(out) - padding]


def tables() -> dict[str, Table]:
    """The sizes by both formulas, and the values of each case."""
    return {
        "values": Table("Inputs and outputs.", _values(), drawn=True),
        "sizes": Table(
            "Sides in pixels, by the right formula and by the printed one; “laid down” counts "
            "them, and “back” is what a convolution with the same F, S and P makes of them.",
            _sizes(),
        ),
    }


def _values() -> pd.DataFrame:
    shown = {"input": INPUT, "filter": FILTER}
    shown |= {name: transposed(INPUT, FILTER, *case) for name, case in CASES.items()}
    rows = [
        (name, row, column, value)
        for name, values in shown.items()
        for (row, column), value in np.ndenumerate(values)
    ]
    return pd.DataFrame(rows, columns=["shown", "row", "column", "value"])


def _sizes() -> pd.DataFrame:
    n, f = len(INPUT), len(FILTER)
    rows = [
        {
            "case": name,
            **{"N": n, "F": f, "S": s, "P": p},
            "(N − 1)S + F − 2P": size(n, f, s, p),
            "laid down": len(transposed(INPUT, FILTER, s, p)),
            "back": (size(n, f, s, p) - f + 2 * p) // s + 1,
            "(N − F + 2P)/S + 1, printed": (n - f + 2 * p) / s + 1,
        }
        for name, (s, p) in CASES.items()
    ]
    return pd.DataFrame(rows)
