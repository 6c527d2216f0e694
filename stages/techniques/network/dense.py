"""Networks without a convolution."""

from torch import nn

from stages.techniques.network._parts import Parts, Shape
from stages.techniques.options import Count, Whole


def dense(
    shape: tuple[int, int, int], outputs: int, parts: Parts, *, units: Count = 512
) -> nn.Module:
    """One hidden layer of `units` on all pixels at once, with no convolution (deck 003).

    It keeps its bias before a normalization, which has no use for it: so the
    deck's parameters are counted.
    """
    pixels = shape[0] * shape[1] * shape[2]
    dropout = [] if parts.dropout is None else [parts.dropout()]
    hidden = [
        nn.Linear(pixels, units),
        *parts.normalized(units, False),
        parts.activation(),
        *dropout,
    ]
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(units, outputs))


def mlp(
    shape: Shape, outputs: int, parts: Parts, *, units: Count = 512, layers: Whole = 1
) -> nn.Module:
    """So many hidden layers of `units` each, on all pixels at once, each followed by the activation
    and the dropout (deck 002).

    With none it is a perceptron: one linear layer from the pixels to the outputs.
    """
    inputs = shape[0] * shape[1] * shape[2]
    modules: list[nn.Module] = [nn.Flatten()]
    for _ in range(layers):
        linear = nn.Linear(inputs, units, bias=parts.normalization is None)
        dropout = [] if parts.dropout is None else [parts.dropout()]
        modules += [linear, *parts.normalized(units, False), parts.activation(), *dropout]
        inputs = units
    return nn.Sequential(*modules, nn.Linear(inputs, outputs))
