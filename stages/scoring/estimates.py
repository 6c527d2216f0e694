"""Estimates of means, differences and ratios, with how sure each of them is.

What was measured of a rung is an array: [members, images] scores of images, [members] one value of
each network, [] a count, which is exact.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from stages.scoring.chance import (
    CONFIDENCE,
    NO_CHANCE,
    Chance,
    added,
    margin,
    of_both,
    of_images,
    of_starts,
)

# Of one network, nobody knows what other starts would do.
UNKNOWN = Chance(float("nan"), 1.0)


class Estimate(NamedTuple):
    """A number, and what starts and images do to it: nothing, where it is exact."""

    value: float
    starts: Chance = NO_CHANCE
    images: Chance = NO_CHANCE

    def interval(self, alpha: float = 1 - CONFIDENCE) -> tuple[float, float]:
        """Its bounds, beyond which the truth lies in a share `alpha` of cases; nan where nobody
        knows."""
        wide = margin(self.starts, self.images, alpha)
        return self.value - wide, self.value + wide


def level(measured: np.ndarray) -> Estimate:
    """The mean of what was measured: scores by starts and images, values by Student's t."""
    value = float(measured.mean())
    if measured.ndim == 0:
        return Estimate(value)
    if len(measured) < 2:
        return Estimate(value, UNKNOWN)
    return Estimate(value, *of_both(measured)) if measured.ndim == 2 else _of_values(measured)


def contrast(above: np.ndarray, below: np.ndarray, factor: float = 1.0) -> Estimate:
    """Mean of `above` minus `factor` times that of `below`, measured alike: of scores as
    statistics.difference has it, of values as Welch (1947)."""
    if above.ndim == 2 and min(len(above), len(below)) > 1:
        below = factor * below
        starts = added(of_starts(above), of_starts(below))
        return Estimate(float(above.mean() - below.mean()), starts, of_images(above, below))
    one, other = level(above), level(factor * below)
    value = one.value - other.value
    return Estimate(value, added(one.starts, other.starts))


def combined_contrast(
    together: np.ndarray, members: np.ndarray, factor: float = 1.0, sign: int = 1
) -> Estimate:
    """An ensemble's scores [1, images] minus `factor` times the mean of its own members' (with
    `sign` -1, and the factor on the ensemble, the other way round), over the images alone."""
    mean = members.mean(axis=0, keepdims=True)
    gain = together - factor * mean if sign > 0 else mean - factor * together
    return Estimate(float(gain.mean()), *of_both(gain))


def ratio_interval(
    remainder: Callable[[float], Estimate], base: Estimate
) -> tuple[float, float, float]:
    """A ratio r of two means and the bounds of its 95 % interval: all r that leave a
    `remainder(r)`, numerator minus r times `base`, whose interval holds 0 (Fieller 1954).

    Both numerator and base may stray. No bounds (nan) where the base may well be 0.
    """
    value = remainder(0.0).value / base.value if base.value else float("nan")
    low, high = base.interval()
    if np.isnan(value) or not (low > 0 or high < 0):
        return value, float("nan"), float("nan")
    return value, _bound(remainder, value, -1), _bound(remainder, value, 1)


def _bound(remainder: Callable[[float], Estimate], value: float, side: int) -> float:
    """Where, on one side of a ratio, the interval of what remains no longer holds 0."""
    from scipy.optimize import brentq

    def outside(ratio: float) -> float:
        left = remainder(ratio)
        return abs(left.value) - margin(left.starts, left.images)

    if not margin(remainder(value).starts, remainder(value).images) > 0:
        # Exact, or nan.
        return value + margin(remainder(value).starts, remainder(value).images)
    steps = (side * 1e-3 * 2.0**k for k in range(60))
    beyond = next((value + step for step in steps if outside(value + step) > 0), None)
    return float("nan") if beyond is None else float(brentq(outside, value, beyond))


def _of_values(values: np.ndarray) -> Estimate:
    chance = Chance(float(values.var(ddof=1)) / len(values), len(values) - 1)
    return Estimate(float(values.mean()), chance)
