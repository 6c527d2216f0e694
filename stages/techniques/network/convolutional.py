"""A convolutional network with the options that deck 004 lists, so that each can be asked about."""

from torch import nn

from stages.command import Problem
from stages.techniques.network._blocks import averaged, convolution, flattened
from stages.techniques.network._parts import Parts, Shape, half
from stages.techniques.network._sizes import output_size, same
from stages.techniques.options import Count, Flag, Padding, Pool

POOLS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


def convolutional(
    shape: Shape,
    outputs: int,
    parts: Parts,
    *,
    width: Count = 32,
    layers: Count = 2,
    kernel: Count = 3,
    stride: Count = 1,
    padding: Padding = "same",
    dilation: Count = 1,
    pool: Pool = "max",
    global_average: Flag = False,
) -> nn.Module:
    """So many convolutions (`width` filters, then twice as many each time), each with a 2x2 `pool`,
    then one linear layer on all that is left, or on each map's average.

    Raises Problem where a filter doesn't fit, and for a stride together with a dilation.
    """
    steps = _steps(kernel, stride, padding, dilation)
    inputs, sides, modules = shape[0], shape[1:], []
    for filters in (width << i for i in range(layers)):
        sides = tuple(output_size(side, kernel, **steps) for side in sides)
        modules.append(convolution(parts, inputs, filters, kernel, **steps))
        if pool != "none":
            # Rounded up, as the pools of deck 001 do, so that a side of 1 stays one.
            modules.append(POOLS[pool](2, ceil_mode=True))
            sides = tuple(map(half, sides))
        inputs = filters
    if global_average:
        return nn.Sequential(*modules, *averaged(parts, inputs, outputs))
    return nn.Sequential(*modules, *flattened(parts, inputs * sides[0] * sides[1], outputs))


def _steps(kernel: int, stride: int, padding: str, dilation: int) -> dict[str, int]:
    """The options of `nn.Conv2d` that say where a filter goes."""
    if stride > 1 and dilation > 1:
        text = f"found {dilation} together with a stride of {stride}; a dilated filter has none"
        raise Problem(f"network: dilation: {text}: set one of them to 1")
    pixels = same(kernel, dilation) if padding == "same" else 0
    return {"stride": stride, "dilation": dilation, "padding": pixels}
