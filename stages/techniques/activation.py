"""Slot `activation`: the nonlinearity behind every hidden layer. `name(**options)` →
module, any shape → same shape."""

from torch import nn

from stages.techniques.options import NonNegative


def sigmoid() -> nn.Module:
    """Squash every value into 0..1; its gradient is at most 1/4, so it
    fades from layer to layer."""
    return nn.Sigmoid()


def tanh() -> nn.Module:
    """Squash every value into -1..1, centred on 0; the gradient dies at both ends."""
    return nn.Tanh()


def relu() -> nn.Module:
    """Keep what is positive and set the rest to 0; the gradient passes unchanged
    wherever the value is positive."""
    return nn.ReLU()


def leaky_relu(*, slope: NonNegative = 0.01) -> nn.Module:
    """Keep what is positive and multiply the rest by a small `slope`, so that no
    unit dies (Maas et al. 2013)."""
    return nn.LeakyReLU(slope)
