"""A convolutional network with the options that deck 004 lists, so that each can be asked about."""

from torch import nn

from stages.command import Problem
from stages.techniques.network._blocks import averaged, convolution
from stages.techniques.network._parts import Parts
from stages.techniques.network._sizes import output_size, same
from stages.techniques.options import Count, Flag, Padding, Pool

POOLS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


def convolutional(
    shape: tuple[int, int, int],
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
    if stride > 1 and dilation > 1:
        text = f"found {dilation} together with a stride of {stride}; a dilated filter has none"
        raise Problem(f"network: dilation: {text}: set one of them to 1")
    options = {"stride": stride, "dilation": dilation}
    options["padding"] = same(kernel, dilation) if padding == "same" else 0
    inputs, *sides = shape
    modules: list[nn.Module] = []
    for filters in (width << i for i in range(layers)):
        sides = [output_size(side, kernel, **options) for side in sides]
        plain = options == {"stride": 1, "dilation": 1, "padding": 1}
        modules.append(convolution(parts, inputs, filters, kernel, **({} if plain else options)))
        if pool != "none":
            # Rounded up, as the pools of deck 001 do, so that a side of 1 stays one.
            modules.append(POOLS[pool](2, ceil_mode=True))
            sides = [-(-side // 2) for side in sides]
        inputs = filters
    if global_average:
        return nn.Sequential(*modules, *averaged(parts, inputs, outputs))
    last = [*parts.dropped(maps=True), nn.Flatten(), *parts.dropped(maps=False)]
    return nn.Sequential(*modules, *last, nn.Linear(inputs * sides[0] * sides[1], outputs))
