"""The report's figures, from its tables. SVG, the same bytes every time, in colours that the page may change."""

import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.ticker import EngFormatter

from stages.page.prose import words

ACCENT, MUTED, INK, GOOD, BAD, SECOND = "#0b6e99", "#8d99a2", "#1f2933", "#1b7a43", "#b3261e", "#c2571a"
# In dark surroundings the page sets these properties; elsewhere the colour behind the comma holds.
THEME = {colour: f"var(--chart-{name}, {colour})" for name, colour in
         [("accent", ACCENT), ("muted", MUTED), ("ink", INK), ("good", GOOD), ("bad", BAD), ("second", SECOND)]}  # fmt: skip
OF_VERDICT = {"better": GOOD, "worse": BAD}

matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "rungs",
        "svg.fonttype": "none",
        "savefig.transparent": True,
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
    content = io.StringIO()
    figure.savefig(content, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = content.getvalue()[content.getvalue().index("<svg") :]
    for colour, themed in THEME.items():
        text = text.replace(colour, themed)
    return text


def ladder(table: pd.DataFrame, members: pd.DataFrame, classes: int) -> plt.Figure:
    """Accuracy of every rung, top to bottom: a dot per member, the mean with its 95 % interval in its verdict's colour, and guessing."""
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(table) + 1))
    for y, row in enumerate(table.itertuples()):
        values, colour = 100 * members.loc[members["rung"] == row.rung, "accuracy"], OF_VERDICT.get(row.verdict, ACCENT)
        axes.plot([100 * row.accuracy_low, 100 * row.accuracy_high], [y, y], color=colour, linewidth=6, alpha=0.3, solid_capstyle="butt")
        axes.scatter(values, np.full(len(values), y), s=16, color=MUTED, zorder=3)
        axes.plot([100 * row.accuracy] * 2, [y - 0.25, y + 0.25], color=colour, linewidth=2.5, zorder=4)
        axes.annotate(f"{100 * row.accuracy:.1f}", (104, y), va="center", ha="left", annotation_clip=False, fontsize=10)
    axes.axvline(100 / classes, color=MUTED, linestyle=":", linewidth=1.5)
    axes.annotate("guessing", (100 / classes, -0.6), ha="left", va="bottom", fontsize=9)
    axes.set(yticks=range(len(table)), yticklabels=[words(rung) for rung in table["rung"]], xlabel="test accuracy in %", xlim=(0, 101))
    axes.set_ylim(len(table) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    return figure


def curves(table: pd.DataFrame) -> plt.Figure:
    """Test accuracy after every epoch, one small chart a rung: the mean over members, and between which values they lie."""
    figure, multiples = _small_multiples(table, share_x=table.groupby("rung")["epoch"].max().nunique() == 1)
    for axes, part in multiples:
        axes.fill_between(part["epoch"], 100 * part["least"], 100 * part["greatest"], color=ACCENT, alpha=0.2, linewidth=0)
        axes.plot(part["epoch"], 100 * part["mean"], color=ACCENT, linewidth=1.6)
        axes.set_ylim(0, 100)
    return _labelled(figure, "epoch", "test accuracy in %")


def rates(table: pd.DataFrame) -> plt.Figure:
    """The learning rate of every epoch, one small chart a rung."""
    figure, multiples = _small_multiples(table, share_x=False)
    for axes, part in multiples:
        axes.plot(part["epoch"], part["learning_rate"], color=ACCENT, linewidth=1.6)
        axes.set_ylim(bottom=0)
    return _labelled(figure, "epoch", "learning rate")


def gradients(table: pd.DataFrame) -> plt.Figure:
    """The gradient that reaches each layer's weights (root mean square), at the start and at the end, one small chart a rung."""
    figure, multiples = _small_multiples(table, share_x=table.groupby("rung")["layer"].max().nunique() == 1)
    for axes, part in multiples:
        for moment, colour, marker in (("start", SECOND, "o"), ("end", ACCENT, "s")):
            of = part[part["moment"] == moment]
            axes.plot(of["layer"], of["gradient_rms"], color=colour, marker=marker, markersize=3.5, linewidth=1.2, label=moment)
        axes.set_yscale("log")
    figure.axes[0].legend(frameon=False, fontsize=8, handlelength=1, loc="best")
    return _labelled(figure, "layer, from the pixels on", "gradient of a weight")


def constant_units(table: pd.DataFrame) -> plt.Figure:
    """The share of units that are constant over all images: a row a rung, a column a layer, at the start and at the end."""
    rungs = list(dict.fromkeys(table["rung"]))
    figure, both = plt.subplots(1, 2, figsize=(9, 0.32 * len(rungs) + 1.2), sharey=True)
    for axes, moment in zip(both, ("start", "end"), strict=True):
        shares = table[table["moment"] == moment].pivot(index="rung", columns="layer", values="constant_units").reindex(rungs)
        texts = (100 * shares).round().map("{:.0f}".format)
        _cells(axes, shares, texts, "Oranges", text_size=8)
        axes.set(title=f"at the {moment}", xlabel="layer, from the pixels on", ylabel="")
        axes.set_yticks(np.arange(len(rungs)) + 0.5, [words(rung) for rung in rungs])
    figure.tight_layout()
    return figure


def histograms(table: pd.DataFrame, moment: str = "start") -> plt.Figure:
    """The activations of each layer: a row a rung, with one axis of values for the whole row, a column a layer."""
    table = table[(table["quantity"] == "activation") & (table["moment"] == moment)]
    rungs, layers = list(dict.fromkeys(table["rung"])), table["layer"].max()
    figure, axes = plt.subplots(figsize=(9.5, 0.5 * len(rungs) + 0.8))
    shares = [column for column in table.columns if column.startswith("share_")]
    for y, rung in enumerate(rungs):
        of = table[table["rung"] == rung]
        low, high = of["low"].min(), of["high"].max()
        outlines = [_outline(row, shares, low, high, layer, y) for layer, (_, row) in enumerate(of.iterrows())]
        axes.add_collection(PolyCollection(outlines, facecolor=ACCENT, edgecolor=ACCENT, linewidth=0.6, alpha=0.75))
        axes.annotate(f"{low:.3g} to {high:.3g}", (layers + 0.05, y), va="center", fontsize=8, annotation_clip=False)
    axes.set(xlim=(-0.1, layers), ylim=(len(rungs) - 0.4, -0.6), xlabel="layer, from the pixels on")
    axes.set_yticks(range(len(rungs)), [words(rung) for rung in rungs])
    axes.set_xticks(np.arange(layers) + 0.45, range(1, layers + 1))
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def _outline(row: pd.Series, shares: list[str], low: float, high: float, x: float, y: float) -> np.ndarray:
    """The corners of one small histogram in the cell (x, y), as high as its highest bin, along the values `low` to `high`."""
    heights = row[shares].to_numpy(dtype=float) / max(row[shares].max(), 1e-12)
    span = (high - low) or 1.0
    edges = x + 0.9 * (np.linspace(row["low"], row["high"], len(shares) + 1) - low) / span
    # A histogram that is narrower than this would be too thin to be seen.
    edges += np.linspace(-0.5, 0.5, len(edges)) * max(0.0, 0.03 - (edges[-1] - edges[0]))
    corners = np.column_stack([np.repeat(edges, 2)[1:-1], y + 0.4 - 0.75 * np.repeat(heights, 2)])
    return np.vstack([[edges[0], y + 0.4], corners, [edges[-1], y + 0.4]])


def confusion(table: pd.DataFrame) -> plt.Figure:
    """How often each class was called what: counts over all members, colour by the share of the class."""
    names = list(dict.fromkeys(table["truth"]))
    counts = table.pivot(index="truth", columns="prediction", values="count").loc[names, names]
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    size = 1.5 + 0.5 * len(names)
    figure, axes = plt.subplots(figsize=(size, size))
    _cells(axes, shares, counts, "Blues", text_size=9)
    axes.set_aspect("equal")
    axes.set(xlabel="called", ylabel="is")
    axes.tick_params(axis="x", rotation=90 if max(map(len, names)) > 3 else 0)
    return figure


def calibration(table: pd.DataFrame) -> plt.Figure:
    """How often a network is right when it is so sure, for a few rungs; on the line, it is as often right as it says."""
    figure, axes = plt.subplots(figsize=(5, 4.2))
    axes.plot([0, 100], [0, 100], color=MUTED, linestyle=":", linewidth=1.5)
    for (rung, part), (colour, marker) in zip(table.dropna().groupby("rung", sort=False), _styles(), strict=False):
        axes.plot(100 * part["confidence"], 100 * part["accuracy"], color=colour, marker=marker, markersize=5, label=words(rung))
    axes.set(xlabel="how sure, in % (mean of a tenth)", ylabel="how often right, in %", xlim=(0, 101), ylim=(0, 101))
    axes.legend(frameon=False, loc="upper left", fontsize=9)
    return figure


def robustness(table: pd.DataFrame, shown: list[str]) -> plt.Figure:
    """Accuracy under each kind of transformation by its amount: the rungs `shown` in colour, all others behind them in grey."""
    kinds = list(dict.fromkeys(table["transform"]))
    figure, grid = plt.subplots(1, len(kinds), figsize=(2.6 * len(kinds), 3), sharey=True)
    for axes, kind in zip(grid, kinds, strict=True):
        of = table[table["transform"] == kind]
        for _, part in of[~of["rung"].isin(shown)].groupby("rung", sort=False):
            axes.plot(part["amount"], 100 * part["mean"], color=MUTED, linewidth=0.8, alpha=0.6)
        for rung, (colour, marker) in zip(shown, _styles(), strict=False):
            part = of[of["rung"] == rung]
            axes.plot(part["amount"], 100 * part["mean"], color=colour, marker=marker, markersize=4, label=words(rung))
        axes.set(title=kind, xlabel=of["unit"].iloc[0], ylim=(0, 101))
        axes.title.set_fontsize(10)
    grid[0].set_ylabel("test accuracy in %")
    figure.legend(
        *grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=9, bbox_to_anchor=(0.5, -0.1)
    )
    figure.tight_layout()
    return figure


def ensemble(table: pd.DataFrame) -> plt.Figure:
    """Accuracy of an ensemble over 1..M members: the mean over the choices of members, and between which values they lie."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for (rung, part), (colour, marker) in zip(table.groupby("rung", sort=False), _styles(), strict=False):
        by_size = 100 * part.groupby("members")["accuracy"].agg(["mean", "min", "max"])
        axes.fill_between(by_size.index, by_size["min"], by_size["max"], color=colour, alpha=0.12, linewidth=0)
        axes.plot(by_size.index, by_size["mean"], color=colour, marker=marker, label=words(rung))
    axes.set(xlabel="members combined", ylabel="test accuracy in %", xticks=sorted(table["members"].unique()))
    axes.legend(frameon=False, loc="lower right")
    return figure


def cost(table: pd.DataFrame) -> plt.Figure:
    """Accuracy against what it costs: seconds of training a network, and multiply-accumulates for one image. Numbers are the rungs'."""
    figure, both = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
    axis = {"seconds_per_member": "seconds to train one network", "multiply_accumulates": "multiply-accumulates for one image"}
    for axes, (column, label) in zip(both, axis.items(), strict=True):
        axes.scatter(table[column], 100 * table["accuracy"], s=18, color=ACCENT)
        for number, x, y in zip(table["number"], table[column], 100 * table["accuracy"], strict=True):
            axes.annotate(str(number), (x, y), xytext=(4, 3), textcoords="offset points", fontsize=9)
        axes.set(xlabel=label, xlim=(0, 1.12 * table[column].max()), ylim=(0, 103))
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    both[0].set_ylabel("test accuracy in %")
    figure.tight_layout()
    return figure


def _cells(axes: plt.Axes, shares: pd.DataFrame, texts: pd.DataFrame, colours: str, text_size: int) -> None:
    """A table of shares, 0..1, as cells in the colours of that name, first row on top, a text in each; none for 0."""
    axes.pcolormesh(shares.where(shares > 0), cmap=colours, vmin=0, vmax=1)
    for (y, x), share in np.ndenumerate(shares):
        if share > 0:
            # Not the page's ink, which turns light in dark surroundings: a cell keeps its colour.
            readable = "white" if share > 0.55 else "#262626"
            axes.text(x + 0.5, y + 0.5, str(texts.iloc[y, x]), ha="center", va="center", fontsize=text_size, color=readable)
    axes.set_xticks(np.arange(shares.shape[1]) + 0.5, shares.columns)
    axes.set_yticks(np.arange(shares.shape[0]) + 0.5, shares.index)
    axes.set_ylim(shares.shape[0], 0)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _small_multiples(table: pd.DataFrame, share_x: bool) -> tuple[plt.Figure, list[tuple[plt.Axes, pd.DataFrame]]]:
    """A figure of small charts, four in a row, and for each its axes and the rows of its rung."""
    rungs = list(dict.fromkeys(table["rung"]))
    columns = min(4, len(rungs))
    rows = -(-len(rungs) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(2.3 * columns, 1.9 * rows), sharex=share_x, sharey=True, squeeze=False)
    for axes in list(grid.flat)[len(rungs) :]:
        axes.remove()
    for axes, rung in zip(grid.flat, rungs, strict=False):
        axes.set_title(words(rung), fontsize=10, loc="left")
    return figure, [(axes, table[table["rung"] == rung]) for axes, rung in zip(grid.flat, rungs, strict=False)]


def _labelled(figure: plt.Figure, x: str, y: str) -> plt.Figure:
    figure.supxlabel(x, fontsize=10)
    figure.supylabel(y, fontsize=10)
    figure.tight_layout()
    return figure


def _styles() -> list[tuple[str, str]]:
    """Colours and markers for a handful of lines, told apart by those, too, who see no colours."""
    return list(zip((ACCENT, SECOND, GOOD, BAD, MUTED, INK), "osD^vP", strict=True))
