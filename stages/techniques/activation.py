"""Slot `activation`: the nonlinearity behind every hidden layer. `name()` → module, any shape → same shape."""

from torch import nn


def sigmoid() -> nn.Module:
    """Squash every value into 0..1; its gradient is at most 1/4, so it fades from layer to layer."""
    return nn.Sigmoid()


def relu() -> nn.Module:
    """Keep what is positive and set the rest to 0; the gradient passes unchanged wherever the value is positive."""
    return nn.ReLU()
