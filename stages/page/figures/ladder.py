"""The score of every rung."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn

from stages.page.figures.style import ACCENT, BAD, GOOD, MUTED, score_axis, score_label
from stages.page.text import named, number
from stages.scoring.score import Score
from stages.scoring.verdicts import BETTER, WORSE

OF_VERDICT = {BETTER: GOOD, WORSE: BAD}


def ladder(table: pd.DataFrame, members: pd.DataFrame, score: Score) -> plt.Figure:
    """The score of every rung, top to bottom: a dot per member, the mean with its 95 % interval
    in its verdict's colour, and chance level."""
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(table) + 1))
    rungs = list(table["rung"])
    of = members[members["rung"].isin(rungs)]
    of = of.assign(shown=score.factor * of[score.name])
    dots = {"color": MUTED, "size": 4, "jitter": False, "zorder": 3}
    seaborn.stripplot(of, x="shown", y="rung", order=rungs, orient="h", ax=axes, **dots)
    for y, row in enumerate(table.itertuples()):
        _rung(axes, y, row, score)
    chance = table["chance"].iloc[0]
    if not np.isnan(chance):
        axes.axvline(score.factor * chance, color=MUTED, linestyle=":", linewidth=1.5)
        axes.annotate(
            "chance level", (score.factor * chance, -0.6), ha="left", va="bottom", fontsize=9
        )
    axes.set(
        yticks=range(len(table)),
        yticklabels=[named(row) for row in table.itertuples()],
        xlabel=score_label(score),
        ylabel="",
    )
    score_axis(axes, score, "x")
    axes.set_ylim(len(table) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    return figure


def _rung(axes: plt.Axes, y: int, row, score: Score) -> None:
    mean, low, high = (
        score.factor * getattr(row, f"{score.name}{part}") for part in ("", "_low", "_high")
    )
    colour = OF_VERDICT.get(row.verdict, ACCENT)
    axes.plot([low, high], [y, y], color=colour, linewidth=6, alpha=0.3, solid_capstyle="butt")
    axes.plot([mean, mean], [y - 0.25, y + 0.25], color=colour, linewidth=2.5, zorder=4)
    beside = axes.get_yaxis_transform()
    axes.annotate(
        number(score, getattr(row, score.name)),
        (1.03, y),
        xycoords=beside,
        va="center",
        ha="left",
        annotation_clip=False,
        fontsize=10,
    )
