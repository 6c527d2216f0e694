"""How the spread of the activations goes from layer to layer, start by start."""

from collections.abc import Iterator

import pandas as pd

from stages.page.lessons.drawn import Drawn, charts, drawn, legend, lines

CAPTION = (
    "The standard deviation of the activations behind each of ten layers, on a logarithmic axis: a "
    "level line keeps the signal."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A chart for each activation, a line for each start."""
    figure, parts = charts(numbers["spread"], "activation", 3.6, 3)
    for axes, of in parts:
        lines(axes, of, "start", "layer", "std", markersize=4)
        axes.set(xlabel="layer", yscale="log", ylim=(1e-7, 10))
    parts[0][0].set_ylabel("standard deviation")
    legend(parts[-1][0], "start")
    yield drawn("spread", CAPTION, figure)
