"""The ways of SGD, momentum and Adam over a plateau and past a saddle."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pandas as pd

from stages.page.figures.style import INK
from stages.page.lessons.drawn import Drawn, charts, drawn, legend, lines

CAPTION = (
    "The ways of the three optimizers from the same start (the large dot), a marker every 20 "
    "steps, on lines of equal value. Where markers lie close, it is slow."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A chart for each surface, a line for each optimizer."""
    paths, surfaces = numbers["paths"], numbers["surfaces"]
    figure, parts = charts(surfaces, "surface", 3.7, 3.2)
    for axes, surface in parts:
        _contours(axes, surface)
        _ways(axes, paths[paths["surface"] == surface["surface"].iloc[0]])
    legend(parts[-1][0])
    yield drawn("paths", CAPTION, figure)


def _contours(axes: plt.Axes, of: pd.DataFrame) -> None:
    values = of.pivot(index="y", columns="x", values="value")
    looks = {"levels": 12, "cmap": "Greys", "linewidths": 0.6, "alpha": 0.6}
    axes.contour(values.columns, values.index, values, **looks)
    edges = {"xlim": (values.columns.min(), values.columns.max())}
    edges |= {"ylim": (values.index.min(), values.index.max())}
    axes.set(xlabel="x", ylabel="y", **edges)


def _ways(axes: plt.Axes, of: pd.DataFrame) -> None:
    lines(axes, of, "optimizer", "x", "y", markevery=5, markersize=5, linewidth=1.2)
    axes.plot(of["x"].iloc[:1], of["y"].iloc[:1], "o", color=INK, markersize=7)
