"""A figure of a lesson, and the parts that several of them share."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from stages.page.figures.style import LINES, svg

__all__ = ["Drawn", "charts", "drawn", "images", "legend", "lines", "side_by_side"]


@dataclass(frozen=True)
class Drawn:
    """A figure as SVG, what stands below it, and the name of the lesson's table that it is drawn
    from, which is the figure's, too."""

    name: str
    caption: str
    svg: str


def drawn(name: str, caption: str, figure: plt.Figure) -> Drawn:
    """A finished figure, which is closed here."""
    figure.tight_layout()
    return Drawn(name, caption, svg(figure))


def side_by_side(titles: Sequence[str], width: float, height: float) -> tuple[plt.Figure, list]:
    """A figure of charts in one row, each `width` by `height` inches, and their axes."""
    count = len(titles)
    size = (width * count, height)
    figure, grid = plt.subplots(1, count, figsize=size, squeeze=False)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title, fontsize=10, loc="left")
    return figure, list(grid[0])


def charts(
    table: pd.DataFrame, by: str, width: float, height: float
) -> tuple[plt.Figure, list[tuple[plt.Axes, pd.DataFrame]]]:
    """The same with a chart for each name in the column `by`: the axes and the rows of each."""
    parts = dict(iter(table.groupby(by, sort=False)))
    figure, row = side_by_side(list(parts), width, height)
    return figure, list(zip(row, parts.values(), strict=True))


def lines(axes: plt.Axes, table: pd.DataFrame, by: str, x: str, y: str, **looks) -> None:
    """A line of the columns `x` and `y` for each name in the column `by`."""
    parts = table.groupby(by, sort=False)
    for (colour, marker), (name, line) in zip(LINES, parts, strict=False):
        axes.plot(line[x], line[y], label=name, color=colour, marker=marker, **looks)


def legend(axes: plt.Axes, title: str | None = None) -> None:
    """What the lines are, to the right of the chart."""
    beside = {"loc": "upper left", "bbox_to_anchor": (1, 1)}
    axes.legend(title=title, frameon=False, fontsize=9, **beside)


def images(table: pd.DataFrame, by: str) -> plt.Figure:
    """Small images side by side, one for each name in the column `by`, from the columns row, column
    and value: each number written into its place, the darker the larger."""
    parts = dict(iter(table.groupby(by, sort=False)))
    sides = [part["column"].max() + 1 for part in parts.values()]
    figure, grid = plt.subplots(
        1, len(parts), figsize=(0.42 * sum(sides) + 0.5 * len(sides), 2.9), width_ratios=sides
    )
    for axes, (name, part) in zip(grid, parts.items(), strict=True):
        axes.set_title(name, fontsize=10, loc="left")
        _image(axes, part.pivot(index="row", columns="column", values="value").to_numpy())
    return figure


def _image(axes: plt.Axes, values: np.ndarray) -> None:
    axes.pcolormesh(values, cmap="Blues", vmin=0, vmax=1.6 * values.max(), edgecolor="white")
    for (row, column), value in np.ndenumerate(values):
        # Not in the theme's ink, which is light where the page is dark; the image is not.
        looks = {"ha": "center", "va": "center", "fontsize": 9, "color": "0.15"}
        axes.text(column + 0.5, row + 0.5, f"{value:g}", **looks)
    axes.set(xticks=[], yticks=[], ylim=(len(values), 0), aspect="equal")
    axes.spines[:].set_visible(False)
