"""Slot `network`: the architecture. `name(shape, classes, parts, **options)` → module, images [B, C, H, W] → logits [B, classes].

`shape` is (C, H, W) of an image; `parts` carries the other slots that shape a layer. The convolutional ones come from deck 001,
whose max pools are "SAME" ones: sizes round up.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from stages.convolution import Convolution
from stages.options import Count


@dataclass(frozen=True)
class Parts:
    """What the slots `activation`, `normalization` (of so many features, whether in maps) and `dropout` put into a network: functions that
    make a module each."""

    activation: Callable[[], nn.Module]
    normalization: Callable[[int, bool], nn.Module] | None = None
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
        *_dropout(parts, of_maps=True),
        nn.Flatten(),
        nn.Sequential(nn.Linear(2 * width * pixels, 12 * width), parts.activation()),
        *_dropout(parts, of_maps=False),
        nn.Linear(12 * width, classes),
    )


def deeper(shape: tuple[int, int, int], classes: int, parts: Parts, *, width: Count = 64) -> nn.Module:
    """Ten 3x3 convolutions in five pairs of 1, 2, 4, 8 and 8 times `width` filters, a 2x2 max pool behind each pair, one linear layer."""
    channels, height, rows = shape
    layers: list[nn.Module] = []
    for filters in (width, 2 * width, 4 * width, 8 * width, 8 * width):
        layers += [_convolution(channels, filters, parts), _convolution(filters, filters, parts), _pool()]
        channels, height, rows = filters, _half(height), _half(rows)
    last = [*_dropout(parts, of_maps=True), nn.Flatten(), *_dropout(parts, of_maps=False)]
    return nn.Sequential(*layers, *last, nn.Linear(channels * height * rows, classes))


def dense(shape: tuple[int, int, int], classes: int, parts: Parts, *, units: Count = 512) -> nn.Module:
    """One hidden layer of `units` on all pixels at once, with no convolution (deck 003).

    It keeps its bias before a normalization, which has no use for it: so the deck's parameters are counted.
    """
    pixels = shape[0] * shape[1] * shape[2]
    normalization = [] if parts.normalization is None else [parts.normalization(units, False)]
    dropout = [] if parts.dropout is None else [parts.dropout()]
    return nn.Sequential(nn.Flatten(), nn.Linear(pixels, units), *normalization, parts.activation(), *dropout, nn.Linear(units, classes))


def _half(size: int) -> int:
    return -(-size // 2)


def _pool() -> nn.Module:
    return nn.MaxPool2d(2, ceil_mode=True)


def _convolution(inputs: int, outputs: int, parts: Parts) -> nn.Module:
    """[B, inputs, H, W] → [B, outputs, H, W]; without a bias where a normalization follows, which would subtract it again."""
    layer = Convolution(inputs, outputs, bias=parts.normalization is None)
    normalization = [] if parts.normalization is None else [parts.normalization(outputs, True)]
    return nn.Sequential(layer, *normalization, parts.activation())


def _dropout(parts: Parts, of_maps: bool) -> list[nn.Module]:
    """The dropout that belongs where feature maps are, or where they have been flattened."""
    dropout = None if parts.dropout is None else parts.dropout()
    return [dropout] if dropout is not None and dropout.of_maps == of_maps else []
