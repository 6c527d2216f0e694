"""Where weights go under each penalty, step by step."""

from collections.abc import Iterator

import pandas as pd

from stages.page.figures.style import INK, LINES
from stages.page.lessons.drawn import Drawn, drawn, side_by_side

CAPTION = (
    "Six weights over the steps of gradient descent, a line each: without a penalty they go to "
    "their goals a, with L2 to half of them, with L1 half a unit less far, some to 0."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A chart for each penalty, on one axis of values."""
    table = numbers["paths"]
    names = list(dict.fromkeys(table["penalty"]))
    figure, charts = side_by_side(names, 2.5, 3)
    for axes, name in zip(charts, names, strict=True):
        of = table[table["penalty"] == name]
        for (colour, marker), (goal, line) in zip(
            LINES, of.groupby("goal", sort=False), strict=False
        ):
            looks = {"color": colour, "marker": marker, "markevery": 5, "markersize": 4}
            axes.plot(line["step"], line["weight"], label=goal.replace("-", "−"), **looks)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(xlabel="step", ylim=(table["weight"].min() - 0.2, table["weight"].max() + 0.2))
    charts[0].set_ylabel("weight")
    legend = {"frameon": False, "fontsize": 9, "loc": "upper left", "bbox_to_anchor": (1, 1)}
    charts[-1].legend(title="a", **legend)
    yield drawn("paths", CAPTION, figure)
