"""The derivatives of the activations as curves."""

from collections.abc import Iterator

import pandas as pd

from stages.page.figures.style import LINES
from stages.page.lessons.drawn import Drawn, drawn, legend, side_by_side

CAPTION = "F'(z) of each activation: what a unit leaves of the gradient that comes back through it."


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A line for each activation."""
    table = numbers["curves"]
    figure, [axes] = side_by_side([""], 6.4, 3)
    for (colour, marker), name in zip(LINES, table.columns[1:], strict=False):
        looks = {"color": colour, "marker": marker, "markevery": 10, "markersize": 4}
        axes.plot(table["z"], table[name], label=name, **looks)
    axes.set(xlabel="z", ylabel="F'(z)")
    legend(axes)
    yield drawn("curves", CAPTION, figure)
