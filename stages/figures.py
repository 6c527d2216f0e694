"""The report's figures, from its tables. SVG, the same bytes every time."""

import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from stages.tables import words

ACCENT, MUTED, INK = "#0b6e99", "#9aa5ad", "#1f2933"

matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "rungs",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
)


def svg(figure: plt.Figure) -> str:
    """A figure as the text of an SVG element, without the XML head that HTML does not take; closes the figure."""
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return text.getvalue()[text.getvalue().index("<svg") :]


def ladder(table: pd.DataFrame, members: pd.DataFrame, classes: int) -> plt.Figure:
    """Accuracy of every rung, top to bottom: a dot per member, the mean with its 95 % interval, and the line of guessing."""
    figure, axes = plt.subplots(figsize=(8, 0.45 * len(table) + 1))
    for y, row in enumerate(table.itertuples()):
        values = 100 * members.loc[members["rung"] == row.rung, "accuracy"]
        axes.plot([100 * row.accuracy_low, 100 * row.accuracy_high], [y, y], color=ACCENT, linewidth=6, alpha=0.3, solid_capstyle="butt")
        axes.scatter(values, np.full(len(values), y), s=16, color=MUTED, zorder=3)
        axes.plot([100 * row.accuracy] * 2, [y - 0.25, y + 0.25], color=ACCENT, linewidth=2.5, zorder=4)
        axes.annotate(f"{100 * row.accuracy:.1f}", (104, y), va="center", ha="left", annotation_clip=False, fontsize=10)
    axes.axvline(100 / classes, color=MUTED, linestyle=":", linewidth=1.5)
    axes.annotate("guessing", (100 / classes, -0.6), ha="left", va="bottom", fontsize=9, color="#5f6c75")
    axes.set(yticks=range(len(table)), yticklabels=[words(rung) for rung in table["rung"]], xlabel="test accuracy in %", xlim=(0, 101))
    axes.set_ylim(len(table) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    return figure


def curves(table: pd.DataFrame) -> plt.Figure:
    """Test accuracy after every epoch, one small picture a rung: the mean over members, and between which values they lie."""
    rungs = list(dict.fromkeys(table["rung"]))
    columns = min(4, len(rungs))
    rows = -(-len(rungs) // columns)
    alike = table.groupby("rung")["epoch"].max().nunique() == 1
    figure, grid = plt.subplots(rows, columns, figsize=(2.3 * columns, 1.9 * rows), sharex=alike, sharey=True, squeeze=False)
    for axes, rung in zip(grid.flat, rungs, strict=False):
        by_epoch = 100 * table[table["rung"] == rung].groupby("epoch")["accuracy"].agg(["mean", "min", "max"])
        axes.fill_between(by_epoch.index, by_epoch["min"], by_epoch["max"], color=ACCENT, alpha=0.2, linewidth=0)
        axes.plot(by_epoch.index, by_epoch["mean"], color=ACCENT, linewidth=1.6)
        axes.set_title(words(rung), fontsize=10, loc="left")
        axes.set_ylim(0, 100)
    for axes in list(grid.flat)[len(rungs) :]:
        axes.remove()
    figure.supxlabel("epoch", fontsize=10)
    figure.supylabel("test accuracy in %", fontsize=10)
    figure.tight_layout()
    return figure


def confusion(table: pd.DataFrame) -> plt.Figure:
    """How often each class was called what: counts over all members, colour by the share of the class."""
    names = list(dict.fromkeys(table["truth"]))
    counts = table.pivot(index="truth", columns="prediction", values="count").loc[names, names]
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    size = 1.5 + 0.5 * len(names)
    figure, axes = plt.subplots(figsize=(size, size))
    labels = counts.astype(str).where(counts > 0, "")
    sns.heatmap(shares, annot=labels, fmt="", cmap="Blues", cbar=False, square=True, ax=axes, annot_kws={"size": 9}, vmin=0, vmax=1)
    axes.set(xlabel="called", ylabel="is")
    axes.tick_params(length=0)
    axes.set_yticklabels(axes.get_yticklabels(), rotation=0)
    return figure


def ensemble(table: pd.DataFrame) -> plt.Figure:
    """Accuracy of an ensemble over 1..M members: the mean over the choices of members, and between which values they lie."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for (rung, part), colour, marker in zip(table.groupby("rung", sort=False), sns.color_palette("colorblind"), "osD^vP*X", strict=False):
        by_size = 100 * part.groupby("members")["accuracy"].agg(["mean", "min", "max"])
        axes.fill_between(by_size.index, by_size["min"], by_size["max"], color=colour, alpha=0.12, linewidth=0)
        axes.plot(by_size.index, by_size["mean"], color=colour, marker=marker, label=words(rung))
    axes.set(xlabel="members combined", ylabel="test accuracy in %", xticks=sorted(table["members"].unique()))
    axes.legend(frameon=False, loc="lower right")
    return figure


def cost(table: pd.DataFrame) -> plt.Figure:
    """Wall time of each rung's training job."""
    figure, axes = plt.subplots(figsize=(8, 0.35 * len(table) + 1))
    axes.barh([words(rung) for rung in table["rung"]], table["seconds"], color=ACCENT, alpha=0.7)
    axes.invert_yaxis()
    axes.set(xlabel="seconds for all members")
    axes.tick_params(axis="y", length=0)
    return figure
