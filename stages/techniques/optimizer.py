"""Slot `optimizer`: how gradients become steps. `name(parameters, **options)` → torch optimizer."""

from torch import optim

from stages.options import Positive


def sgd(parameters, *, learning_rate: Positive) -> optim.Optimizer:
    """Step against the gradient, the same rate for every weight (stochastic gradient descent)."""
    return optim.SGD(parameters, lr=learning_rate)


def adam(parameters, *, learning_rate: Positive) -> optim.Optimizer:
    """Step against a running mean of the gradient, divided by a running mean of its size, weight by weight (Kingma and Ba 2015)."""
    return optim.Adam(parameters, lr=learning_rate)
