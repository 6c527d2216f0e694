"""A filter of side F, moved over N pixels and P of padding on either side in steps of S, has room
for (N − F + 2P)/S + 1 places (deck 004). A padding of (F − 1)/2 keeps the size at stride 1.

Where the division leaves a rest, the filter does not fit: deck 004's example is a 7x7 input with a
3x3 filter at stride 3, with room for 2⅓ places. Frameworks then round: torch rounds down, and the
last pixels are seen by no filter; TensorFlow's “SAME” pads unequally and rounds N/S up.
"""

import math

import pandas as pd

from stages.lessons import Table

TITLE = "Output sizes"
# What it is: input, filter, padding, stride.
CASES = {
    "deck 004, stride 1": (7, 3, 0, 1),
    "deck 004, stride 2": (7, 3, 0, 2),
    "deck 004, stride 3": (7, 3, 0, 3),
    "padding (3 − 1)/2": (7, 3, 1, 1),
    "padding (5 − 1)/2": (32, 5, 2, 1),
    "a 2x2 pool": (32, 2, 0, 2),
    "a 2x2 pool of an odd side": (7, 2, 0, 2),
    "AlexNet's first convolution": (227, 11, 0, 4),
    "AlexNet's first pool": (55, 3, 0, 2),
    "AlexNet's second convolution": (27, 5, 2, 1),
}


def places(n: int, f: int, p: int, s: int) -> float:
    """(N - F + 2P)/S + 1, which is a whole number where the filter fits."""
    return (n - f + 2 * p) / s + 1


def size(n: int, f: int, p: int, s: int) -> int:
    """The side of what comes out, where the places that don't fit are left out."""
    return (n - f + 2 * p) // s + 1


def tables() -> dict[str, Table]:
    """The formula, case by case."""
    rows = [
        {
            "layer": name,
            **dict(zip(("N", "F", "P", "S"), case, strict=True)),
            "(N − F + 2P)/S + 1": places(*case),
            "fits": places(*case).is_integer(),
            "torch": size(*case),
            "TensorFlow SAME": math.ceil(case[0] / case[3]),
        }
        for name, case in CASES.items()
    ]
    return {
        "sizes": Table(
            "Sides in pixels; the last column pads as it likes, whatever P says.",
            pd.DataFrame(rows),
        )
    }
