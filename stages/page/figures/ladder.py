"""The score of every rung."""

from textwrap import shorten

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn

from stages.page.figures.style import ACCENT, BAD, GOOD, INK, MUTED, score_axis, score_label
from stages.page.text import idea, number, signed
from stages.scoring.score import Score
from stages.scoring.verdicts import BETTER, MARKS, WORSE, by_share

OF_VERDICT = {BETTER: GOOD, WORSE: BAD}
# Where the columns beside the chart begin, in widths of it.
SCORE, MARK, CHANGE = 1.06, 1.15, 1.19
# Letters of a name on a narrow screen.
WIDE = 24
HEAD = {"ha": "left", "va": "bottom", "fontsize": 9, "annotation_clip": False}


def ladder(table: pd.DataFrame, members: pd.DataFrame, score: Score) -> plt.Figure:
    """The score of every rung, top to bottom: a dot per member, the mean of those that learned with
    its 95 % interval in its verdict's colour, and chance level; beside it that mean, and what the
    rung changes in the one that it is compared with."""
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(table) + 1))
    _rungs(axes, table, members, score)
    for y, row in enumerate(table.itertuples()):
        _beside(axes, y, row, score)
    ladder_itself = (table["kind"] != "beside").all()
    change = "against the rung before" if ladder_itself else "difference"
    for x, text in ((SCORE, "mean"), (MARK, change)):
        axes.annotate(text, (x, -0.75), xycoords=axes.get_yaxis_transform(), **HEAD)
    axes.set(yticks=range(len(table)), yticklabels=[idea(row) for row in table.itertuples()])
    return figure


def ladder_narrow(table: pd.DataFrame, members: pd.DataFrame, score: Score) -> plt.Figure:
    """The same for a narrow screen: what a rung is called and what it changes stand above it."""
    figure, axes = plt.subplots(figsize=(4.4, 0.56 * len(table) + 0.8))
    _rungs(axes, table, members, score)
    place = {"xycoords": axes.get_yaxis_transform(), "va": "center", "fontsize": 9}
    for y, row in enumerate(table.itertuples()):
        colour = OF_VERDICT.get(row.verdict, INK)
        mean = _mean(row, score) if row.learned_members else ""
        beside = " ".join(filter(None, [mean, MARKS.get(row.verdict), _change(row, score)]))
        axes.annotate(shorten(idea(row), WIDE, placeholder=" …"), (0.01, y - 0.43), **place)
        axes.annotate(beside, (1.0, y - 0.43), ha="right", color=colour, **place)
    axes.set(yticks=[])
    return figure


def _rungs(axes: plt.Axes, table: pd.DataFrame, members: pd.DataFrame, score: Score) -> None:
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
        below = HEAD | {"va": "top"}
        axes.annotate("chance level", (score.factor * chance, len(table) - 0.5), **below)
    axes.set(xlabel=score_label(score), ylabel="")
    score_axis(axes, score, "x")
    axes.set_ylim(len(table) - 0.5, -0.75)
    # Above, where one begins to read.
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.spines[["top", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def _rung(axes: plt.Axes, y: int, row, score: Score) -> None:
    if row.learned_members == 0:
        return
    mean, low, high = (
        score.factor * getattr(row, f"{score.name}{part}") for part in ("", "_low", "_high")
    )
    colour = OF_VERDICT.get(row.verdict, ACCENT)
    axes.plot([low, high], [y, y], color=colour, linewidth=6, alpha=0.3, solid_capstyle="butt")
    axes.plot([mean, mean], [y - 0.25, y + 0.25], color=colour, linewidth=2.5, zorder=4)


def _beside(axes: plt.Axes, y: int, row, score: Score) -> None:
    """What stands at the right of a rung: its score, the mark of its verdict, and the difference
    that this is about."""
    colour = OF_VERDICT.get(row.verdict, INK)
    texts = {
        SCORE: (_mean(row, score), INK),
        MARK: (MARKS.get(row.verdict, ""), colour),
        CHANGE: (_change(row, score), colour),
    }
    place = {"xycoords": axes.get_yaxis_transform(), "va": "center", "annotation_clip": False}
    for x, (text, ink) in texts.items():
        axes.annotate(text, (x, y), ha="left", color=ink, fontsize=10, **place)


def _mean(row, score: Score) -> str:
    return number(score, getattr(row, score.name)) if row.learned_members else "–"


def _change(row, score: Score) -> str:
    """`+3.1`; `3 of 5 learned`, where not all have, or not all of the other rung."""
    known = not (pd.isna(row.difference) or by_share(row))
    texts = [signed(score, row.difference)] if known else []
    if row.kind == "combined":
        return "".join([*texts, " over its networks"]) if texts else ""
    if row.learned_members < row.members or abs(row.learned_difference) > 0:
        texts.append(f"{row.learned_members} of {row.members} learned")
    return ", ".join(texts)
