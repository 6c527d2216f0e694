"""Networks that look at neighbourhoods, but share no weights between places."""

from collections.abc import Iterator
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stages.techniques.network._blocks import flattened
from stages.techniques.network._parts import Parts, Shape
from stages.techniques.network._sizes import same
from stages.techniques.options import Count


class LocallyConnected(nn.Module):
    """[B, inputs, H, W] → [B, outputs, H, W]: as a convolution of that many pixels, zeros around
    the map, but with filters of its own at each place: `weight` [H·W, outputs, inputs·F·F]."""

    kind, dimensions = "locally connected", 4

    def __init__(self, inputs: int, outputs: int, kernel: int, sides: tuple[int, int], bias: bool):
        super().__init__()
        places = sides[0] * sides[1]
        self.kernel, self.padding, self.fan_in = kernel, same(kernel), inputs * kernel**2
        self.weight = nn.Parameter(torch.empty(places, outputs, self.fan_in))
        self.bias = nn.Parameter(torch.empty(outputs, *sides)) if bias else None

    def parts(self) -> Iterator[SimpleNamespace]:
        """Each place's `weight` [outputs, inputs, F, F] and `bias` [outputs] (or None): what a
        convolution has, so that it can start as one."""
        weights = self.weight.detach().unflatten(2, (-1, self.kernel, self.kernel))
        biases = [None] * len(weights) if self.bias is None else self.bias.detach().flatten(1).T
        for weight, bias in zip(weights, biases, strict=True):
            yield SimpleNamespace(weight=weight, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Each place's filters on what lies around it."""
        # [B, inputs·F·F, H·W] → [H·W, B, inputs·F·F], to be multiplied place by place.
        around = F.unfold(x, self.kernel, padding=self.padding).permute(2, 0, 1)
        y = around @ self.weight.transpose(1, 2)
        y = y.permute(1, 2, 0).unflatten(2, x.shape[2:])
        return y if self.bias is None else y + self.bias


def locally_connected(
    shape: Shape, outputs: int, parts: Parts, *, width: Count = 32, kernel: Count = 3
) -> nn.Module:
    """`width` filters at each place of the image, shared with no other place, then one linear
    layer: what a convolution would be without weight sharing (deck 002)."""
    inputs, height, columns = shape
    bias = parts.normalization is None
    layer = LocallyConnected(inputs, width, kernel, (height, columns), bias)
    hidden = nn.Sequential(layer, *parts.normalized(width, True), parts.activation())
    return nn.Sequential(hidden, *flattened(parts, width * height * columns, outputs))
