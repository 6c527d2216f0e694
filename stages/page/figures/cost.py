"""Scores by what they cost: training, and members of an ensemble."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.ticker import EngFormatter

from stages.page.figures.style import ACCENT, LINES, score_axis, score_label
from stages.page.text import words
from stages.scoring.score import Score


def cost(table: pd.DataFrame, score: Score) -> plt.Figure:
    """Score against what it costs: seconds of training a network, and multiply-accumulates for
    one image. Numbers are the rungs'."""
    figure, both = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
    axis = {
        "seconds_per_member": "seconds to train one network",
        "multiply_accumulates": "multiply-accumulates for one image",
    }
    for axes, (column, label) in zip(both, axis.items(), strict=True):
        axes.scatter(table[column], score.factor * table[score.name], s=18, color=ACCENT)
        for number, x, y in zip(
            table["number"], table[column], score.factor * table[score.name], strict=True
        ):
            axes.annotate(
                str(number), (x, y), xytext=(4, 3), textcoords="offset points", fontsize=9
            )
        axes.set(xlabel=label, xlim=(0, 1.12 * table[column].max()))
        score_axis(axes, score)
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    both[0].set_ylabel(score_label(score))
    figure.tight_layout()
    return figure


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
    axes.legend(frameon=False, loc="lower right")
    return figure
