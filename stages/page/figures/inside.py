"""What goes on inside the networks: gradients, constant units, activations."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection

from stages.page.figures.multiples import small_multiples, with_labels
from stages.page.figures.style import ACCENT, SECOND, heat_map
from stages.page.text import words

# With more layers than these, numbers for each would lie over each other.
FEW_LAYERS = 20
# What a suitable learning rate makes of a step: docs/statistics.md.
USUAL_UPDATE = 1e-3
BELOW = {"ha": "center", "va": "center", "fontsize": 6}


def _numbered(layers: int) -> np.ndarray:
    """The layers whose number stands below a chart: each, or of many every fifth."""
    return np.arange(1, layers + 1) if layers <= FEW_LAYERS else np.arange(5, layers + 1, 5)


def gradients(table: pd.DataFrame) -> plt.Figure:
    """The gradient that reaches each layer's weights (root mean square), at the start and at the
    end, one small chart a rung: the median of its networks, and between which values they lie."""
    figure, multiples = small_multiples(
        table, share_x=table.groupby("rung")["layer"].max().nunique() == 1
    )
    for axes, part in multiples:
        for moment, colour, marker in (("start", SECOND, "o"), ("end", ACCENT, "s")):
            of = part[part["moment"] == moment]
            ends = of["gradient_rms_least"], of["gradient_rms_greatest"]
            axes.fill_between(of["layer"], *ends, color=colour, alpha=0.2, linewidth=0)
            axes.plot(
                of["layer"],
                of["gradient_rms"],
                color=colour,
                marker=marker,
                markersize=3.5,
                linewidth=1.2,
                label=moment,
            )
        worst = part.loc[part["finite"].idxmin()]
        if worst["finite"] < worst["members"]:
            text = f"{worst['finite']} of {worst['members']} finite"
            axes.text(0.03, 0.03, text, transform=axes.transAxes, fontsize=7)
    figure.axes[0].set_yscale("log")
    for axes in figure.axes:
        axes.minorticks_off()
    figure.axes[0].legend(frameon=False, fontsize=8, handlelength=1, loc="best")
    return with_labels(figure, "layer, from the pixels on", "RMS gradient")


def updates(table: pd.DataFrame) -> plt.Figure:
    """How large the updates of each layer's weights are beside these, over the steps looked at,
    one small chart a rung: a line a layer, the median of the rung's networks."""
    figure, multiples = small_multiples(table, share_x=True)
    for axes, part in multiples:
        layers = part["layer"].max()
        of_layers = part.groupby("layer")
        lines = [of[["step", "update_ratio"]].to_numpy() for _, of in of_layers]
        shades = [0.25 + 0.75 * layer / layers for layer in of_layers.groups]
        axes.add_collection(LineCollection(lines, colors=ACCENT, alpha=shades, linewidths=1.2))
        axes.axhline(USUAL_UPDATE, color=SECOND, linestyle=":", linewidth=1)
    figure.axes[0].set(xscale="log", yscale="log")
    for axes in figure.axes:
        axes.minorticks_off()
    return with_labels(figure, "step of training", "update / weights")


def constant_units(table: pd.DataFrame) -> plt.Figure:
    """The share of units that are constant over all images: a row a rung, a column a layer, at
    the start and at the end."""
    rungs = list(dict.fromkeys(table["rung"]))
    # Names stand beside the maps: long ones must not make these narrower.
    width = 8.7 + 0.09 * max(map(len, rungs))
    figure, both = plt.subplots(1, 2, figsize=(width, 0.32 * len(rungs) + 1.2), sharey=True)
    for axes, moment in zip(both, ("start", "end"), strict=True):
        of_layers = table[table["moment"] == moment].pivot(
            index="rung", columns="layer", values="constant_units"
        )
        _shares(axes, of_layers.reindex(rungs))
        axes.set(title=f"at the {moment}", xlabel="layer, from the pixels on", ylabel="")
        axes.set_yticks(np.arange(len(rungs)) + 0.5, [words(rung) for rung in rungs])
    figure.tight_layout()
    return figure


def _shares(axes: plt.Axes, shares: pd.DataFrame) -> None:
    """Shares as a heat map, a column a layer, in % in each cell that has room for it."""
    layers = len(shares.columns)
    percents = (100 * shares).round().map("{:.0f}".format)
    texts = percents if layers <= FEW_LAYERS else percents.map(lambda _: "")
    heat_map(axes, shares, texts, "Oranges", text_size=8)
    numbered = _numbered(layers)
    axes.set_xticks(numbered - 0.5, numbered)


def histograms(table: pd.DataFrame, spreads: pd.DataFrame, moment: str = "start") -> plt.Figure:
    """The activations of each layer: a row a rung, a column a layer, each histogram on an axis of
    its own, from the layer's lowest to its highest value; below it the spread of its units over
    images (`spreads`: the diagnostics' table)."""
    table = table[(table["quantity"] == "activation") & (table["moment"] == moment)]
    of = spreads[spreads["moment"] == moment].set_index(["rung", "layer"])
    spread = of["activation_std"].to_dict()
    rungs, layers = list(dict.fromkeys(table["rung"])), table["layer"].max()
    figure, axes = plt.subplots(figsize=(9.5, 0.62 * len(rungs) + 0.8))
    shares = [column for column in table.columns if column.startswith("share_")]
    outlines = []
    places = {rung: y for y, rung in enumerate(rungs)}
    flat = table["low"] == table["high"]
    for rung, layer, spike, heights in zip(
        table["rung"], table["layer"], flat, table[shares].to_numpy(dtype=float), strict=True
    ):
        x, y = layer - 1, places[rung]
        outlines.append(_outline(heights, spike, x, y))
        if layers <= FEW_LAYERS:
            axes.text(x + 0.45, y + 0.42, f"{spread[rung, layer]:.2g}", **BELOW)
    axes.add_collection(
        PolyCollection(outlines, facecolor=ACCENT, edgecolor=ACCENT, linewidth=0.6, alpha=0.75)
    )
    axes.set(xlim=(-0.1, layers), ylim=(len(rungs) - 0.2, -0.6), xlabel="layer, from the pixels on")
    axes.set_yticks(range(len(rungs)), [words(rung) for rung in rungs])
    numbered = _numbered(layers)
    axes.set_xticks(numbered - 0.55, numbered)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def _outline(shares: np.ndarray, spike: bool, x: float, y: float) -> np.ndarray:
    """The corners of one small histogram in the cell (x, y), as high as its highest bin; of equal
    values, a spike in the middle."""
    heights = shares / max(shares.max(), 1e-12)
    edges = x + 0.9 * np.linspace(0, 1, len(shares) + 1)
    if spike:
        edges = x + 0.45 + np.linspace(-0.015, 0.015, len(edges))
    # Bins of one height are one edge.
    change = np.flatnonzero(np.diff(heights, prepend=np.nan, append=np.nan))
    sides, tops = np.repeat(edges[change], 2), np.repeat(heights[change[:-1]], 2)
    return np.column_stack([sides, y + 0.3 - 0.7 * np.concatenate([[0], tops, [0]])])
