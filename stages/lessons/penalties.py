"""L2 adds λ/2·w² to the loss, L1 adds λ/2·|w| (deck 001). Here each of six weights has a loss of
½(w − a)², which alone would lead it to a, and gradient descent from 0. L2 draws a weight back in
proportion to its size, to a/(1 + λ): all become smaller, none 0. L1 draws each by the same λ/2
whatever its size: those whose a is smaller end at 0 (by plain steps, to within a step of it), the
others at a distance of λ/2.

Deck 001's table says of L1 “robust, unstable, several solutions”, of L2 “less robust, stable, one
solution”. It is headed “loss function”, and speaks of the absolute and the squared error, not of
weight penalties. What it says is shown here, too: the constant with the least absolute error is the
median, the one with the least squared error the mean; and a line through the origin by the least
absolute error jumps when a point moves by a hundredth.
"""

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "L1 and L2"
GOALS = np.array([3.0, 1.5, 0.6, 0.3, -0.2, -2.0])
STRENGTH, RATE, STEPS = 1.0, 0.02, 300
READ = (0, 25, 50, 100, 300)
PENALTIES = {
    "none": lambda w: 0 * w,
    "L2": lambda w: STRENGTH * w,
    "L1": lambda w: STRENGTH / 2 * np.sign(w),
}
# What they are: the numbers that a constant is fitted to.
NUMBERS = {
    "five numbers": (1.0, 2.0, 3.0, 4.0, 5.0),
    "with an outlier": (1.0, 2.0, 3.0, 4.0, 100.0),
    "an even count": (1.0, 2.0, 4.0, 5.0),
}
# (x, y) of two points that a line y = slope·x is fitted to, the second one moved a little.
LINES = {"before": ((1.0, 1.0), (0.99, 0.0)), "a point moved": ((1.0, 1.0), (1.01, 0.0))}


def path(penalty: str) -> np.ndarray:
    """The weights from 0 on, step by step: [STEPS + 1, 6]."""
    found = [np.zeros_like(GOALS)]
    for _ in range(STEPS):
        w = found[-1]
        found.append(w - RATE * (w - GOALS + PENALTIES[penalty](w)))
    return np.stack(found)


def goals(penalty: str) -> np.ndarray:
    """Where the weights end by the formula."""
    ends = {
        "none": GOALS,
        "L2": GOALS / (1 + STRENGTH),
        "L1": np.sign(GOALS) * np.maximum(np.abs(GOALS) - STRENGTH / 2, 0) + 0.0,
    }
    return ends[penalty]


def median_slopes(points: tuple) -> tuple[float, float]:
    """From where to where a slope has the least Σ|y − slope·x|, for points with x above 0: it is
    the median of the points' own slopes, weighted by x."""
    pairs = sorted((y / x, x) for x, y in points)
    half, below = sum(x for _, x in pairs) / 2, np.cumsum([x for _, x in pairs])
    low, high = int(np.argmax(below >= half)), int(np.argmax(below > half))
    return pairs[low][0], pairs[high][0]


def tables() -> dict[str, Table]:
    """Where weights go, and what absolute and squared errors choose."""
    paths = {name: path(name) for name in PENALTIES}
    return {
        "paths": Table("Weights.", _paths(paths), drawn=True),
        "weights": Table(
            f"Weights after so many steps at learning rate {RATE:g}, λ = {STRENGTH:g}; the columns "
            "are their goals a, “formula” is where they end.",
            _weights(paths),
        ),
        "constants": Table(
            "The constants that fit some numbers best. The least absolute error is robust against "
            "an outlier, and may have many solutions; the least squared error has one.",
            _constants(),
        ),
        "lines": Table(
            "The slopes of the line through the origin that fits two points best: by the absolute "
            "error it jumps from 1 to 0, by the squared error it hardly moves.",
            _lines(),
        ),
    }


def _paths(paths: dict[str, np.ndarray]) -> pd.DataFrame:
    rows = [
        (name, f"{goal:g}", step, found[step, i])
        for name, found in paths.items()
        for i, goal in enumerate(GOALS)
        for step in range(0, STEPS + 1, 10)
    ]
    return pd.DataFrame(rows, columns=["penalty", "goal", "step", "weight"])


def _weights(paths: dict[str, np.ndarray]) -> pd.DataFrame:
    rows = []
    for name, found in paths.items():
        at = {f"step {step}": found[step] for step in READ} | {"formula": goals(name)}
        rows += [(f"{name}, {when}", *weights) for when, weights in at.items()]
    columns = [f"a = {goal:g}".replace("-", "−") for goal in GOALS]
    return pd.DataFrame(rows, columns=["penalty", *columns])


def _constants() -> pd.DataFrame:
    rows = []
    for name, numbers in NUMBERS.items():
        middle = np.sort(numbers)[[(len(numbers) - 1) // 2, len(numbers) // 2]]
        listed = " ".join(f"{number:g}" for number in numbers)
        rows.append((name, listed, np.mean(numbers), _from_to(*middle)))
    columns = ["numbers", "these", "least squared error", "least absolute error"]
    return pd.DataFrame(rows, columns=columns)


def _lines() -> pd.DataFrame:
    rows = []
    for name, points in LINES.items():
        x, y = np.array(points).T
        said = " and ".join(f"({each[0]:g}, {each[1]:g})" for each in points)
        rows.append((name, said, (x * y).sum() / (x * x).sum(), _from_to(*median_slopes(points))))
    columns = ["points", "these", "least squared error", "least absolute error"]
    return pd.DataFrame(rows, columns=columns)


def _from_to(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"any of {low:g} to {high:g}"
