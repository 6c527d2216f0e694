"""The convolutional networks of deck 001, one layer after the other; their max pools are
"SAME" ones: sizes round up."""

from torch import nn

from stages.techniques.network._parts import Parts, half, pool
from stages.techniques.options import Count


def basic(
    shape: tuple[int, int, int], outputs: int, parts: Parts, *, width: Count = 32
) -> nn.Module:
    """Two 3x3 convolutions (`width` and twice as many filters), each with a 2x2 max pool, then a
    hidden layer of 12 times `width` units."""
    channels, height, rows = shape
    pixels = half(half(height)) * half(half(rows))
    return nn.Sequential(
        parts.convolution(channels, width),
        pool(),
        parts.convolution(width, 2 * width),
        pool(),
        *parts.dropped(maps=True),
        nn.Flatten(),
        nn.Sequential(nn.Linear(2 * width * pixels, 12 * width), parts.activation()),
        *parts.dropped(maps=False),
        nn.Linear(12 * width, outputs),
    )


def deeper(
    shape: tuple[int, int, int], outputs: int, parts: Parts, *, width: Count = 64
) -> nn.Module:
    """Ten 3x3 convolutions in five pairs of 1, 2, 4, 8 and 8 times `width` filters, a 2x2 max pool
    behind each pair, one linear layer."""
    channels, height, rows = shape
    layers: list[nn.Module] = []
    for filters in (width, 2 * width, 4 * width, 8 * width, 8 * width):
        layers += [
            parts.convolution(channels, filters),
            parts.convolution(filters, filters),
            pool(),
        ]
        channels, height, rows = filters, half(height), half(rows)
    last = [*parts.dropped(maps=True), nn.Flatten(), *parts.dropped(maps=False)]
    return nn.Sequential(*layers, *last, nn.Linear(channels * height * rows, outputs))
