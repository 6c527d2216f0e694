"""Where AlexNet's parameters are, and where its arithmetic."""

from collections.abc import Iterator

import pandas as pd

from stages.page.figures.style import ACCENT, SECOND
from stages.page.lessons.drawn import Drawn, drawn, side_by_side

CAPTION = (
    "Each layer's share of all parameters and of all multiply-accumulates: convolutions in blue, "
    "fully connected layers in orange."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """Two charts of bars, a bar for each layer that has parameters."""
    table = numbers["layers"]
    table = table[table["parameters"] > 0]
    colours = [ACCENT if kind == "convolution" else SECOND for kind in table["kind"]]
    titles = ["parameters", "multiply-accumulates"]
    figure, charts = side_by_side(titles, 3.8, 2.8)
    for axes, name in zip(charts, titles, strict=True):
        axes.barh(table["layer"], 100 * table[name] / table[name].sum(), color=colours)
        axes.invert_yaxis()
        axes.set_xlabel("share in %")
    yield drawn("layers", CAPTION, figure)
