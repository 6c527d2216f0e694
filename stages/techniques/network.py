"""Slot `network`: the architecture. `name(shape, classes, parts, **options)` → module, images [B, C, H, W] → logits [B, classes].

`shape` is (C, H, W) of an image; `parts` carries the other slots that shape a layer. The layers come from deck 001; its max pools
are "SAME" ones, whose sizes round up.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from stages.options import Count


@dataclass(frozen=True)
class Parts:
    """What the slots `activation`, `normalization` and `dropout` put into a network: functions that make a module each."""

    activation: Callable[[], nn.Module]
    normalization: Callable[[int], nn.Module] | None = None
    dropout: Callable[[], nn.Module] | None = None


def basic(shape: tuple[int, int, int], classes: int, parts: Parts, *, width: Count = 32) -> nn.Module:
    """Two 3x3 convolutions (`width` and twice as many filters), each with a 2x2 max pool, then a hidden layer of 12 times `width` units."""
    channels, height, rows = shape
    pixels = _half(_half(height)) * _half(_half(rows))
    return nn.Sequential(
        _convolution(channels, width, parts),
        _pool(),
        _convolution(width, 2 * width, parts),
        _pool(),
        nn.Flatten(),
        _dense(2 * width * pixels, 12 * width, parts),
        *_dropout(parts),
        nn.Linear(12 * width, classes),
    )


def deeper(shape: tuple[int, int, int], classes: int, parts: Parts, *, width: Count = 64) -> nn.Module:
    """Ten 3x3 convolutions in five pairs of 1, 2, 4, 8 and 8 times `width` filters, a 2x2 max pool behind each pair, one linear layer."""
    channels, height, rows = shape
    layers: list[nn.Module] = []
    for filters in (width, 2 * width, 4 * width, 8 * width, 8 * width):
        layers += [_convolution(channels, filters, parts), _convolution(filters, filters, parts), _pool()]
        channels, height, rows = filters, _half(height), _half(rows)
    return nn.Sequential(*layers, nn.Flatten(), *_dropout(parts), nn.Linear(channels * height * rows, classes))


def _half(size: int) -> int:
    return -(-size // 2)


def _pool() -> nn.Module:
    return nn.MaxPool2d(2, ceil_mode=True)


def _normalized(layer: nn.Module, features: int, parts: Parts) -> nn.Module:
    normalization = [] if parts.normalization is None else [parts.normalization(features)]
    return nn.Sequential(layer, *normalization, parts.activation())


def _convolution(inputs: int, outputs: int, parts: Parts) -> nn.Module:
    """[B, inputs, H, W] → [B, outputs, H, W]; without a bias where a normalization follows, which would subtract it again."""
    return _normalized(nn.Conv2d(inputs, outputs, 3, padding=1, bias=parts.normalization is None), outputs, parts)


def _dense(inputs: int, outputs: int, parts: Parts) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, outputs), parts.activation())


def _dropout(parts: Parts) -> list[nn.Module]:
    return [] if parts.dropout is None else [parts.dropout()]
