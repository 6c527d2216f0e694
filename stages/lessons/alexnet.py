"""AlexNet layer by layer, for images of 227x227 pixels and 1,000 classes (deck 004): the sizes by
(N − F + 2P)/S + 1, the parameters by (F·F·inputs + 1)·outputs. Together they are the deck's
62,378,344 parameters.

Nearly all of the parameters are those of the fully connected layers, nearly all of the arithmetic
is that of the convolutions, whose weights are used again at every place. Pools and local response
normalization have nothing to learn.
"""

import pandas as pd

from stages.lessons import Table
from stages.lessons.output_sizes import size

TITLE = "AlexNet, layer by layer"
SIDE, CHANNELS = 227, 3
# Name: kind, filters or units, filter size, stride, padding.
LAYERS = {
    "conv1": ("convolution", 96, 11, 4, 0),
    "pool1": ("pool", None, 3, 2, 0),
    "conv2": ("convolution", 256, 5, 1, 2),
    "pool2": ("pool", None, 3, 2, 0),
    "conv3": ("convolution", 384, 3, 1, 1),
    "conv4": ("convolution", 384, 3, 1, 1),
    "conv5": ("convolution", 256, 3, 1, 1),
    "pool5": ("pool", None, 3, 2, 0),
    "fc6": ("fully connected", 4096, None, None, None),
    "fc7": ("fully connected", 4096, None, None, None),
    "fc8": ("fully connected", 1000, None, None, None),
}


def layers() -> pd.DataFrame:
    """A row for each layer: kind, filter, what comes out, parameters, multiply-accumulates."""
    side, channels, rows = SIDE, CHANNELS, []
    for name, (kind, outputs, f, s, p) in LAYERS.items():
        if kind == "fully connected":
            weights, places, side = channels * side * side * outputs, 1, 1
        else:
            side = size(side, f, p, s)
            weights, places = f * f * channels * (outputs or 0), side * side
        channels = outputs or channels
        rows.append(_row(name, kind, f, s, side, channels, weights, places))
    return pd.DataFrame(rows)


def _row(name, kind, f, s, side, channels, weights, places) -> dict:
    return {
        "layer": name,
        "kind": kind,
        "filter": f"{f}x{f}, stride {s}" if f else "",
        "output": f"{side}x{side}x{channels}" if f else f"{channels:,}",
        "parameters": weights + channels if weights else 0,
        "multiply-accumulates": weights * places,
    }


def tables() -> dict[str, Table]:
    """The layers, and their sums."""
    table = layers()
    counts = ["parameters", "multiply-accumulates"]
    of = table.groupby("kind", sort=False)[counts].sum()
    kinds = pd.concat([of, table[counts].sum().to_frame("all").T])
    kinds = kinds.rename_axis("kind").reset_index()
    return {
        "layers": Table("Height x width x channels behind each layer.", table),
        "kinds": Table("The same, by kind of layer.", kinds),
    }
