"""Layers that make maps larger."""

from collections.abc import Iterator
from types import SimpleNamespace

import torch
from torch import Tensor, nn


class TransposedConvolution(nn.ConvTranspose2d):
    """[B, inputs, H, W] → [B, outputs, factor·H, factor·W] for an even `factor`: a filter of twice
    the factor, whose stride spaces the input's pixels and whose padding cuts the border, (N - 1) S
    + F - 2P (deck 002).

    Each output has two by two pixels of the input in its filter, whatever the factor. A `bilinear`
    one starts as interpolation of each map by itself, without a bias (Long et al. 2015); any other
    as the slot `initialization` says, as the factor² convolutions that it is made of.
    """

    kind, dimensions = "transposed convolution", 4

    def __init__(self, inputs: int, outputs: int, factor: int, bilinear: bool = False):
        filters = {"kernel_size": 2 * factor, "stride": factor, "padding": factor // 2}
        super().__init__(inputs, outputs, bias=not bilinear, **filters)
        self.factor, self.bilinear, self.fan_in = factor, bilinear, 4 * inputs
        if bilinear:
            with torch.no_grad():
                self.weight.copy_(interpolation(inputs, factor))

    def parts(self) -> Iterator[SimpleNamespace]:
        """The weights [outputs, inputs, 2, 2] of the convolution that makes each of factor² output
        pixels, and with the first the bias; nothing where they start as interpolation."""
        phases = [] if self.bilinear else range(self.factor)
        bias = None if self.bilinear else self.bias.detach()
        for row in phases:
            for column in phases:
                of_phase = self.weight.detach()[:, :, row :: self.factor, column :: self.factor]
                yield SimpleNamespace(weight=of_phase.transpose(0, 1), bias=bias)
                bias = None


def interpolation(maps: int, factor: int) -> Tensor:
    """The weights [maps, maps, 2·factor, 2·factor] of a transposed convolution that interpolates
    each map between its pixels, linearly in both directions."""
    places = torch.arange(2 * factor) + 0.5
    line = 1 - (places / factor - 1).abs()
    weight = torch.zeros(maps, maps, 2 * factor, 2 * factor)
    weight[range(maps), range(maps)] = torch.outer(line, line)
    return weight


class Nearest(nn.Module):
    """[B, C, H, W] → [B, C, factor·H, factor·W]: each pixel as a square of its own."""

    def __init__(self, factor: int):
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        # Not torch's own, whose gradient can't be repeated on a GPU.
        batch, maps, height, width = x.shape
        spread = x[:, :, :, None, :, None]
        spread = spread.expand(batch, maps, height, self.factor, width, self.factor)
        return spread.reshape(batch, maps, height * self.factor, width * self.factor)


def upsampled(
    inputs: int, outputs: int, factor: int, way: str, bilinear: bool = False
) -> nn.Module:
    """[B, inputs, H, W] → [B, outputs, factor·H, factor·W] by a transposed convolution, `bilinear`
    at the start, or `way` nearest: the nearest pixel's value, then a 3x3 convolution (Odena et al.
    2016)."""
    if way == "transposed":
        return TransposedConvolution(inputs, outputs, factor, bilinear)
    return nn.Sequential(Nearest(factor), nn.Conv2d(inputs, outputs, 3, padding=1))
