"""What 30 maps of 32x32 cost on an image of 32x32x3 (deck 002). Local connectivity: each unit sees
5x5 pixels, not all of them. Weight sharing: all units of a map have the same weights. Without it
there are (5·5·3)·(32·32·30) weights, with it (5·5·3)·30, a thousandth; the arithmetic is the same.
"""

import pandas as pd

from stages.lessons import Table

TITLE = "Weight sharing"
SIDE, CHANNELS, FILTER, MAPS = 32, 3, 5, 30


def tables() -> dict[str, Table]:
    """The weights and the multiply-accumulates of the three ways to connect."""
    pixels, seen, units = SIDE * SIDE * CHANNELS, FILTER * FILTER * CHANNELS, SIDE * SIDE * MAPS
    image, patch, unit = "(32·32·3)", "(5·5·3)", "(32·32·30)"
    rows = [
        ("fully connected (MLP)", f"{image}·{unit}", pixels * units, pixels * units),
        ("locally connected", f"{patch}·{unit}", seen * units, seen * units),
        ("convolution", f"{patch}·30", seen * MAPS, seen * units),
    ]
    table = pd.DataFrame(rows, columns=["layer", "formula", "weights", "multiply-accumulates"])
    table["times the convolution's"] = table["weights"] / table["weights"].iloc[-1]
    says = "Weights without biases, at stride 1 and with a padding of 2, which keeps 32x32 places."
    return {"weights": Table(says, table)}
