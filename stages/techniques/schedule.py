"""Slot `schedule`: how the learning rate changes. `name(epoch, losses, scores, **options)` → what
to multiply it by in an epoch.

`epoch` counts from 0; `losses` and `scores` are those of the validation images in the epochs before
it. A schedule has no state, so that a training can go on from any epoch. Each has the option
`warm_up`: that many epochs in which the rate rises in equal steps before the schedule itself
begins.
"""

import math
from collections.abc import Callable, Sequence

from stages.techniques.options import Count, Fraction, NonNegative, Whole


def constant(
    epoch: int, losses: Sequence[float], scores: Sequence[float], *, warm_up: Whole = 0
) -> float:
    """Keep the learning rate as it is, after the warm-up."""
    return _after_warm_up(epoch, warm_up, lambda epoch: 1.0)


def step(
    epoch: int,
    losses: Sequence[float],
    scores: Sequence[float],
    *,
    every: Count,
    factor: Fraction,
    warm_up: Whole = 0,
) -> float:
    """Multiply the learning rate by `factor` after every `every` epochs."""
    return _after_warm_up(epoch, warm_up, lambda epoch: factor ** (epoch // every))


def cosine(
    epoch: int,
    losses: Sequence[float],
    scores: Sequence[float],
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
    scores: Sequence[float],
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

    before = losses[warm_up:epoch]
    rate = _reduced(before, lambda lowest: lowest * (1 - better), factor, patience)
    return _after_warm_up(epoch, warm_up, lambda epoch: rate)


def accuracy_plateau(
    epoch: int,
    losses: Sequence[float],
    scores: Sequence[float],
    *,
    factor: Fraction,
    patience: Whole,
    better: NonNegative = 1e-4,
    warm_up: Whole = 0,
) -> float:
    """Multiply the learning rate by `factor` whenever the validation accuracy has not risen for
    more than `patience` epochs (Krizhevsky et al. 2012, deck 004).

    Rising means: by more than `better` above the highest accuracy so far.
    Epochs of the warm-up don't count.
    """

    errors = [-score for score in scores[warm_up:epoch]]
    rate = _reduced(errors, lambda lowest: lowest - better, factor, patience)
    return _after_warm_up(epoch, warm_up, lambda epoch: rate)


def _reduced(
    values: Sequence[float], bound: Callable[[float], float], factor: float, patience: int
) -> float:
    """1, multiplied by `factor` whenever more than `patience` values in turn were not below the
    `bound` that the lowest one before them sets."""
    lowest, waited, rate = math.inf, 0, 1.0
    for value in values:
        lowest, waited = (value, 0) if value < bound(lowest) else (lowest, waited + 1)
        if waited > patience:
            rate, waited = rate * factor, 0
    return rate


def _after_warm_up(epoch: int, warm_up: int, schedule: Callable[[int], float]) -> float:
    return (epoch + 1) / (warm_up + 1) if epoch < warm_up else schedule(epoch - warm_up)
