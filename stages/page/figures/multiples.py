"""Figures of small charts, one for each rung, all alike."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pandas as pd

from stages.page.figures.style import Whole
from stages.page.text import words

# Of small charts, in inches: one, what is kept free beside and between them for their titles and
# numbers, and at the left and below for the labels of all.
SMALL, BETWEEN, TITLE, NUMBERS, LABELS = (1.85, 1.2), 0.2, 0.3, 0.25, (0.85, 0.6)
# So many letters stand above a small chart; more of them are smaller.
WIDE = 27


def small_multiples(
    table: pd.DataFrame, share_x: bool
) -> tuple[plt.Figure, Iterator[tuple[plt.Axes, pd.DataFrame]]]:
    """A figure of small charts, four in a row, and for each its axes and the rows of its rung.

    What holds for all of them, as limits and scales, is to be set once, for the first: matplotlib
    sets it for each that shares an axis.
    """
    parts = dict(list(table.groupby("rung", sort=False)))
    columns = min(4, len(parts))
    rows = -(-len(parts) // columns)
    figure, grid = plt.subplots(
        rows, columns, sharex=share_x, sharey=True, squeeze=False, FigureClass=Whole
    )
    _place(figure, rows, columns, 0 if share_x else NUMBERS)
    for axes in list(grid.flat)[len(parts) :]:
        axes.remove()
    for axes, rung in zip(grid.flat, parts, strict=False):
        size = 10 * min(1, WIDE / len(words(rung)))
        axes.set_title(words(rung), fontsize=size, loc="left")
        axes.tick_params(labelsize=9)
    return figure, _each(figure.axes, list(parts.values()))


def _each(charts: list[plt.Axes], parts: list[pd.DataFrame]) -> Iterator:
    """Each chart with its rows; limits are found once, after the last, and not for all that share
    an axis after each line."""
    for axes in charts:
        axes.autoscale(False)
    yield from zip(charts, parts, strict=True)
    for axes in charts:
        axes.autoscale(True)


def _place(figure: plt.Figure, rows: int, columns: int, numbers: float) -> None:
    """Size a figure of small charts, with so many inches for numbers below each."""
    width, height = SMALL
    (left, below), above = LABELS, TITLE + numbers
    wide = left + columns * (width + BETWEEN)
    high = below + rows * (height + above)
    figure.set_size_inches(wide, high)
    figure.subplots_adjust(
        left=left / wide,
        right=1 - BETWEEN / wide,
        bottom=below / high,
        top=1 - TITLE / high,
        wspace=BETWEEN / width,
        hspace=above / height,
    )


def with_labels(figure: plt.Figure, x: str, y: str) -> plt.Figure:
    """A figure of small charts with one label for all their axes."""
    wide, high = figure.get_size_inches()
    figure.supxlabel(x, fontsize=10, y=0.1 / high, va="bottom")
    figure.supylabel(y, fontsize=10, x=0.1 / wide, ha="left")
    return figure
