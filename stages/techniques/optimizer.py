"""Slot `optimizer`: how gradients become steps. `name(parameters, **options)` → torch optimizer.

`learning_rate` is the rate before the slot `schedule` scales it. All are torch's fused
ones: one kernel for all weights.
"""

from torch import optim

from stages.techniques.options import Fraction, Positive


def sgd(parameters, *, learning_rate: Positive, momentum: Fraction = 0.0) -> optim.Optimizer:
    """Step against the gradient, the same rate for every weight; with `momentum`, against a sum of
    past gradients that fades by it."""
    return optim.SGD(parameters, lr=learning_rate, momentum=momentum, fused=True)


def nesterov(parameters, *, learning_rate: Positive, momentum: Fraction = 0.9) -> optim.Optimizer:
    """Step with momentum, but along the gradient where the momentum is about to
    lead (Sutskever et al. 2013)."""
    return optim.SGD(
        parameters, lr=learning_rate, momentum=momentum, nesterov=momentum > 0, fused=True
    )


def adam(parameters, *, learning_rate: Positive, eps: Positive = 1e-8) -> optim.Optimizer:
    """Step against a running mean of the gradient, divided by a running mean of its size, weight by
    weight (Kingma and Ba 2015).

    `eps` keeps the division finite: 1e-8 is torch's, Keras has 1e-7.
    """
    return optim.Adam(parameters, lr=learning_rate, eps=eps, fused=True)
