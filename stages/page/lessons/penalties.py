"""Where weights go under each penalty, step by step."""

from collections.abc import Iterator

import pandas as pd

from stages.page.figures.style import INK
from stages.page.lessons.drawn import Drawn, charts, drawn, legend, lines

CAPTION = (
    "Six weights over the steps of gradient descent, a line each: without a penalty they go to "
    "their goals a, with L2 to half of them, with L1 half a unit less far, some to 0."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A chart for each penalty, on one axis of values."""
    table = numbers["paths"]
    table = table.assign(goal=table["goal"].str.replace("-", "−"))
    figure, parts = charts(table, "penalty", 2.5, 3)
    for axes, of in parts:
        lines(axes, of, "goal", "step", "weight", markevery=5, markersize=4)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(xlabel="step", ylim=(table["weight"].min() - 0.2, table["weight"].max() + 0.2))
    parts[0][0].set_ylabel("weight")
    legend(parts[-1][0], "a")
    yield drawn("paths", CAPTION, figure)
