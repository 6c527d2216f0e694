"""Networks for series: their filters slide one way."""

from torch import Tensor, nn

from stages.techniques.network._blocks import flattened
from stages.techniques.network._parts import Parts, Shape, half
from stages.techniques.options import Count


class Rows(nn.Module):
    """[B, C, H, W] → [B, C·W, H]: an image's rows are moments, a row's values what is measured."""

    def forward(self, x: Tensor) -> Tensor:
        """The rows of x, one after the other."""
        return x.permute(0, 1, 3, 2).flatten(1, 2)


def conv1d(
    shape: Shape, outputs: int, parts: Parts, *, width: Count = 32, kernel: Count = 5
) -> nn.Module:
    """Two convolutions along the rows (`width` and twice as many filters of `kernel` moments), each
    with a max pool over 2 moments, then one linear layer (deck 002: the filter slides one way)."""
    channels, rows, columns = shape
    inputs, modules = channels * columns, [Rows()]
    for filters in (width, 2 * width):
        bias = parts.normalization is None
        layer = nn.Conv1d(inputs, filters, kernel, padding="same", bias=bias)
        pool = nn.MaxPool1d(2, ceil_mode=True)
        modules += [layer, *parts.normalized(filters, False), parts.activation(), pool]
        inputs, rows = filters, half(rows)
    return nn.Sequential(*modules, *flattened(parts, inputs * rows, outputs))
