"""Scores by what they cost: training, and members of an ensemble."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.ticker import EngFormatter, NullLocator, StrMethodFormatter

from stages.page.figures.style import ACCENT, LINES, score_axis, score_label
from stages.page.text import words
from stages.scoring.score import Score

# What a network costs, and what each axis says.
AXES = {
    "seconds_per_member": "seconds to train one network",
    "multiply_accumulates": "multiply-accumulates for one image",
    "trainable_parameters": "trainable parameters",
}
# From so many times the least on, an axis is logarithmic.
WIDE = 50
# And from so much on it says k, M or G.
LARGE = 1000


def cost(table: pd.DataFrame, score: Score) -> plt.Figure:
    """Score against what it costs: seconds of training a network, multiply-accumulates for one
    image, and parameters. Numbers are the rungs'."""
    figure, all_axes = plt.subplots(1, len(AXES), figsize=(9, 3.4), sharey=True)
    for axes, (column, label) in zip(all_axes, AXES.items(), strict=True):
        _against(axes, table[column], score.factor * table[score.name], table["number"])
        axes.set_xlabel(label, fontsize=10)
        score_axis(axes, score)
    all_axes[0].set_ylabel(score_label(score))
    figure.tight_layout()
    return figure


def _against(axes: plt.Axes, costs: pd.Series, scores: pd.Series, numbers: pd.Series) -> None:
    axes.scatter(costs, scores, s=18, color=ACCENT)
    for number, *place in zip(numbers, costs, scores, strict=True):
        axes.annotate(str(number), place, xytext=(4, 3), textcoords="offset points", fontsize=9)
    if costs.max() >= WIDE * costs.min() > 0:
        axes.set_xscale("log")
        axes.set_xlim(costs.min() / 1.5, 2 * costs.max())
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.set_xlim(0, 1.12 * costs.max())
    large = costs.max() >= LARGE
    axes.xaxis.set_major_formatter(EngFormatter(sep="") if large else StrMethodFormatter("{x:g}"))


def ensemble(table: pd.DataFrame, score: Score) -> plt.Figure:
    """Score of an ensemble over 1..M members: the mean over the choices of members, and between
    which values they lie."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for (rung, part), (colour, marker) in zip(
        table.groupby("rung", sort=False), LINES, strict=False
    ):
        by_size = score.factor * part.groupby("members")[score.name].agg(["mean", "min", "max"])
        axes.fill_between(
            by_size.index, by_size["min"], by_size["max"], color=colour, alpha=0.12, linewidth=0
        )
        axes.plot(by_size.index, by_size["mean"], color=colour, marker=marker, label=words(rung))
    axes.set(
        xlabel="members combined",
        ylabel=score_label(score),
        xticks=sorted(table["members"].unique()),
    )
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure
