"""How the spread of the activations goes from layer to layer, start by start."""

from collections.abc import Iterator

import pandas as pd

from stages.page.figures.style import LINES
from stages.page.lessons.drawn import Drawn, drawn, side_by_side

CAPTION = (
    "The standard deviation of the activations behind each of ten layers, on a logarithmic axis: a "
    "level line keeps the signal."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A chart for each activation, a line for each start."""
    table = numbers["spread"]
    names = list(dict.fromkeys(table["activation"]))
    figure, charts = side_by_side(names, 3.6, 3)
    for axes, name in zip(charts, names, strict=True):
        of = table[table["activation"] == name]
        for (colour, marker), (start, line) in zip(
            LINES, of.groupby("start", sort=False), strict=False
        ):
            looks = {"color": colour, "marker": marker, "markersize": 4}
            axes.plot(line["layer"], line["std"], label=start, **looks)
        axes.set(xlabel="layer", yscale="log", ylim=(1e-7, 10))
    charts[0].set_ylabel("standard deviation")
    legend = {"frameon": False, "fontsize": 9, "loc": "upper left", "bbox_to_anchor": (1, 1)}
    charts[-1].legend(title="start", **legend)
    yield drawn("spread", CAPTION, figure)
