"""Scores under transformed images."""

import matplotlib.pyplot as plt
import pandas as pd

from stages.page.figures.style import LINES, MUTED, score_axis, score_label
from stages.page.text import words
from stages.scoring.score import Score


def robustness(table: pd.DataFrame, shown: list[str], score: Score) -> plt.Figure:
    """Score under each kind of transformation by its amount: the rungs `shown` in colour, all
    others behind them in grey."""
    kinds = list(dict.fromkeys(table["transform"]))
    size = (2.6 * len(kinds), 3)
    figure, [grid] = plt.subplots(1, len(kinds), figsize=size, sharey=True, squeeze=False)
    for axes, kind in zip(grid, kinds, strict=True):
        _kind(axes, table[table["transform"] == kind], shown, score)
        axes.set_title(kind, fontsize=10)
    grid[0].set_ylabel(score_label(score))
    below = {"loc": "outside lower center", "bbox_to_anchor": (0.5, -0.1), "ncols": 3}
    figure.legend(*grid[0].get_legend_handles_labels(), **below, frameon=False, fontsize=9)
    figure.tight_layout()
    return figure


def _kind(axes: plt.Axes, table: pd.DataFrame, shown: list[str], score: Score) -> None:
    means = table.assign(shown=score.factor * table["mean"])
    for _, part in means[~means["rung"].isin(shown)].groupby("rung", sort=False):
        axes.plot(part["amount"], part["shown"], color=MUTED, linewidth=0.8, alpha=0.6)
    for rung, (colour, marker) in zip(shown, LINES, strict=False):
        part, look = means[means["rung"] == rung], {"color": colour, "marker": marker}
        axes.plot(part["amount"], part["shown"], markersize=4, label=words(rung), **look)
    axes.set(xlabel=table["unit"].iloc[0])
    score_axis(axes, score)
