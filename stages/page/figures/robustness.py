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
    figure, grid = plt.subplots(1, len(kinds), figsize=(2.6 * len(kinds), 3), sharey=True)
    for axes, kind in zip(grid, kinds, strict=True):
        of = table[table["transform"] == kind]
        for _, part in of[~of["rung"].isin(shown)].groupby("rung", sort=False):
            axes.plot(part["amount"], score.factor * part["mean"], color=MUTED, linewidth=0.8, alpha=0.6)
        for rung, (colour, marker) in zip(shown, LINES, strict=False):
            part = of[of["rung"] == rung]
            axes.plot(
                part["amount"],
                score.factor * part["mean"],
                color=colour,
                marker=marker,
                markersize=4,
                label=words(rung),
            )
        axes.set(title=kind, xlabel=of["unit"].iloc[0])
        score_axis(axes, score)
        axes.title.set_fontsize(10)
    grid[0].set_ylabel(score_label(score))
    figure.legend(
        *grid[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        fontsize=9,
        bbox_to_anchor=(0.5, -0.1),
    )
    figure.tight_layout()
    return figure
