"""In many dimensions local minima are rare; flat stretches and saddles are the trouble (deck 001).
Here SGD, momentum and Adam start on either, with the same learning rate.

On the plateau, 1 − exp(−(x² + y²)/2) seen from afar, the gradient is tiny: SGD hardly moves,
momentum gathers speed, and Adam, which divides by the gradient's own size, takes steps of the
learning rate's width however flat it is. At the saddle, ½x² − ½y² + ¼y⁴ near y = 0, the
gradient first leads in along x and only slowly out along y, where the minima are: the same again.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Optimizers on a plateau and a saddle"
RATE, MOMENTUM, STEPS = 0.05, 0.9, 400
# Adam's own (Kingma and Ba 2015).
BETAS, EPS = (0.9, 0.999), 1e-8
READ = (0, 25, 50, 100, 200, 400)
# What is drawn of each surface: from where to where in x and in y, so many places a side.
DRAWN = {"plateau": ((-2.5, 3.0), (-1.5, 2.0)), "saddle": ((-1.0, 1.2), (-0.6, 1.6))}
SIDE = 25
Point = np.ndarray


def plateau(at: Point) -> float:
    """1 - exp(-(x² + y²)/2): flat far from its minimum of 0 at (0, 0)."""
    return float(1 - np.exp(-(at**2).sum() / 2))


def plateau_gradient(at: Point) -> Point:
    return at * np.exp(-(at**2).sum() / 2)


def saddle(at: Point) -> float:
    """½x² - ½y² + ¼y⁴: a saddle at (0, 0), minima of -¼ at (0, ±1)."""
    return float(at[0] ** 2 / 2 - at[1] ** 2 / 2 + at[1] ** 4 / 4)


def saddle_gradient(at: Point) -> Point:
    return np.array([at[0], at[1] ** 3 - at[1]])


# Name → value, gradient, start, and the value that counts as arrived.
SURFACES = {
    "plateau": (plateau, plateau_gradient, np.array([2.5, 1.5]), 0.01),
    "saddle": (saddle, saddle_gradient, np.array([1.0, 0.0001]), -0.24),
}


def sgd(start: Point, gradient: Callable[[Point], Point], momentum: float = 0.0) -> np.ndarray:
    """The points from `start` on, [STEPS + 1, 2]; torch's way of momentum: v = μv + g, w = w -
    rate·v."""
    found, velocity = [start], np.zeros_like(start)
    for _ in range(STEPS):
        velocity = momentum * velocity + gradient(found[-1])
        found.append(found[-1] - RATE * velocity)
    return np.stack(found)


def adam(start: Point, gradient: Callable[[Point], Point]) -> np.ndarray:
    """The points from `start` on, [STEPS + 1, 2]: means of g and g², corrected for their start at
    0."""
    found, first, second = [start], np.zeros_like(start), np.zeros_like(start)
    for step in range(1, STEPS + 1):
        slope = gradient(found[-1])
        first = BETAS[0] * first + (1 - BETAS[0]) * slope
        second = BETAS[1] * second + (1 - BETAS[1]) * slope**2
        mean, size = first / (1 - BETAS[0] ** step), np.sqrt(second / (1 - BETAS[1] ** step))
        found.append(found[-1] - RATE * mean / (size + EPS))
    return np.stack(found)


OPTIMIZERS = {
    "SGD": sgd,
    "momentum": lambda start, gradient: sgd(start, gradient, MOMENTUM),
    "Adam": adam,
}


def tables() -> dict[str, Table]:
    """Where each optimizer is after so many steps, and when it arrives."""
    paths = {
        (surface, name): optimizer(SURFACES[surface][2], SURFACES[surface][1])
        for surface in SURFACES
        for name, optimizer in OPTIMIZERS.items()
    }
    return {
        "paths": Table("Paths.", _paths(paths), drawn=True),
        "surfaces": Table("Values of the surfaces.", _surfaces(), drawn=True),
        "values": Table(
            f"The value after so many steps at learning rate {RATE:g}, momentum {MOMENTUM:g}; "
            f"“arrived” is the first step with a value of at most {SURFACES['plateau'][3]:g} on "
            f"the plateau, −{-SURFACES['saddle'][3]:g} at the saddle.",
            pd.DataFrame([_row(*names, points) for names, points in paths.items()]),
        ),
    }


def _paths(paths: dict[tuple[str, str], np.ndarray]) -> pd.DataFrame:
    rows = [
        (*names, step, *points[step])
        for names, points in paths.items()
        for step in range(0, STEPS + 1, 4)
    ]
    return pd.DataFrame(rows, columns=["surface", "optimizer", "step", "x", "y"])


def _surfaces() -> pd.DataFrame:
    rows = [
        (name, x, y, SURFACES[name][0](np.array([x, y])))
        for name, edges in DRAWN.items()
        for y in np.linspace(*edges[1], SIDE)
        for x in np.linspace(*edges[0], SIDE)
    ]
    return pd.DataFrame(rows, columns=["surface", "x", "y", "value"])


def _row(surface: str, optimizer: str, points: np.ndarray) -> dict:
    value, _, _, goal = SURFACES[surface]
    values = np.array([value(point) for point in points])
    arrived = int(np.argmax(values <= goal)) if (values <= goal).any() else None
    at = {f"step {step}": values[step] for step in READ}
    said = f"step {arrived}" if arrived is not None else "not yet"
    return {"surface": surface, "optimizer": optimizer, **at, "arrived": said}
