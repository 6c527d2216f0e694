"""The ways of SGD, momentum and Adam over a plateau and past a saddle."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pandas as pd

from stages.page.figures.style import INK, LINES
from stages.page.lessons.drawn import Drawn, drawn, side_by_side

CAPTION = (
    "The ways of the three optimizers from the same start (the large dot), a marker every 20 "
    "steps, on lines of equal value. Where markers lie close, it is slow."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A chart for each surface, a line for each optimizer."""
    paths, surfaces = numbers["paths"], numbers["surfaces"]
    names = list(dict.fromkeys(surfaces["surface"]))
    figure, charts = side_by_side(names, 3.7, 3.2)
    for axes, name in zip(charts, names, strict=True):
        _contours(axes, surfaces[surfaces["surface"] == name])
        _ways(axes, paths[paths["surface"] == name])
    legend = {"frameon": False, "fontsize": 9, "loc": "upper left", "bbox_to_anchor": (1, 1)}
    charts[-1].legend(**legend)
    yield drawn("paths", CAPTION, figure)


def _contours(axes: plt.Axes, of: pd.DataFrame) -> None:
    values = of.pivot(index="y", columns="x", values="value")
    looks = {"levels": 12, "cmap": "Greys", "linewidths": 0.6, "alpha": 0.6}
    axes.contour(values.columns, values.index, values, **looks)
    edges = {"xlim": (values.columns.min(), values.columns.max())}
    edges |= {"ylim": (values.index.min(), values.index.max())}
    axes.set(xlabel="x", ylabel="y", **edges)


def _ways(axes: plt.Axes, of: pd.DataFrame) -> None:
    for (colour, marker), (name, line) in zip(
        LINES, of.groupby("optimizer", sort=False), strict=False
    ):
        looks = {"color": colour, "marker": marker, "markevery": 5, "markersize": 5}
        axes.plot(line["x"], line["y"], label=name, linewidth=1.2, **looks)
    axes.plot(of["x"].iloc[:1], of["y"].iloc[:1], "o", color=INK, markersize=7)
