"""Convolutions of any size, with the normalization and the activation that a recipe names."""

from torch import nn

from stages.compute.convolution import Convolution
from stages.techniques.network._parts import Parts


def convolution(
    parts: Parts, inputs: int, outputs: int, kernel: int, activated: bool = True, **options
) -> nn.Sequential:
    """[B, inputs, H, W] → [B, outputs, H', W']; `options` are those of `nn.Conv2d`, and without
    padding among them a map keeps its size at stride 1.

    Without a bias where a normalization follows, which would subtract it again.
    """
    options = {"stride": 1, "dilation": 1, "padding": kernel // 2} | options
    bias = parts.normalization is None
    if kernel == 3 and options == {"stride": 1, "dilation": 1, "padding": 1}:
        layer: nn.Module = Convolution(inputs, outputs, bias=bias)
    else:
        layer = nn.Conv2d(inputs, outputs, kernel, bias=bias, **options)
    activation = [parts.activation()] if activated else []
    return nn.Sequential(layer, *parts.normalized(outputs, True), *activation)


def flattened(parts: Parts, features: int, outputs: int) -> list[nn.Module]:
    """The end of a network without hidden dense layers: one linear layer on all values of the last
    maps → [B, outputs]."""
    last = [*parts.dropped(maps=True), nn.Flatten(), *parts.dropped(maps=False)]
    return [*last, nn.Linear(features, outputs)]


def averaged(parts: Parts, features: int, outputs: int) -> list[nn.Module]:
    """The same on the average of each map [B, features, H, W] alone."""
    average = [*parts.dropped(maps=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return [*average, *parts.dropped(maps=False), nn.Linear(features, outputs)]
