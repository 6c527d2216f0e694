"""Slot `schedule`: how the learning rate changes. `name(epoch, losses, **options)` → what
to multiply it by in an epoch.

`epoch` counts from 0; `losses` are the validation losses of the epochs before it. A schedule has no
state, so that a training can go on from any epoch. Each has the option `warm_up`: that many epochs
in which the rate rises in equal steps before the schedule itself begins.
"""

import math
from collections.abc import Callable, Sequence

from stages.techniques.options import Count, Fraction, NonNegative, Whole


def constant(epoch: int, losses: Sequence[float], *, warm_up: Whole = 0) -> float:
    """Keep the learning rate as it is, after the warm-up."""
    return _after_warm_up(epoch, warm_up, lambda epoch: 1.0)


def step(
    epoch: int, losses: Sequence[float], *, every: Count, factor: Fraction, warm_up: Whole = 0
) -> float:
    """Multiply the learning rate by `factor` after every `every` epochs."""
    return _after_warm_up(epoch, warm_up, lambda epoch: factor ** (epoch // every))


def cosine(
    epoch: int,
    losses: Sequence[float],
    *,
    period: Count,
    growth: Count = 1,
    lowest: Fraction = 0.0,
    warm_up: Whole = 0,
) -> float:
    """Let the learning rate fall along a cosine to the share `lowest` in `period` epochs, then
    restart it (Loshchilov and Hutter 2017).

    Each period is `growth` times as long as the one before: converge, escape, converge.
    """

    def annealed(epoch: int) -> float:
        length, since = period, epoch
        while since >= length:
            since, length = since - length, length * growth
        return lowest + (1 - lowest) * (1 + math.cos(math.pi * since / length)) / 2

    return _after_warm_up(epoch, warm_up, annealed)


def plateau(
    epoch: int,
    losses: Sequence[float],
    *,
    factor: Fraction,
    patience: Whole,
    better: NonNegative = 1e-4,
    warm_up: Whole = 0,
) -> float:
    """Multiply the learning rate by `factor` whenever the validation loss has not fallen for
    more than `patience` epochs.

    Falling means: by more than the share `better` of the lowest loss so far.
    Epochs of the warm-up don't count.
    """

    def reduced(epoch: int) -> float:
        lowest, waited, rate = math.inf, 0, 1.0
        for loss in losses[warm_up : warm_up + epoch]:
            improved = loss < lowest * (1 - better)
            lowest, waited = (loss, 0) if improved else (lowest, waited + 1)
            if waited > patience:
                rate, waited = rate * factor, 0
        return rate

    return _after_warm_up(epoch, warm_up, reduced)


def _after_warm_up(epoch: int, warm_up: int, schedule: Callable[[int], float]) -> float:
    return (epoch + 1) / (warm_up + 1) if epoch < warm_up else schedule(epoch - warm_up)
