"""What goes on inside the networks: gradients, constant units, activations."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection

from stages.page.figures.style import ACCENT, SECOND, heat_map, small_multiples, with_labels
from stages.page.text import words

# With more layers than these, numbers for each would lie over each other.
FEW_LAYERS = 20


def _numbered(layers: int) -> np.ndarray:
    """The layers whose number stands below a chart: each, or of many every fifth."""
    return np.arange(1, layers + 1) if layers <= FEW_LAYERS else np.arange(5, layers + 1, 5)


def gradients(table: pd.DataFrame) -> plt.Figure:
    """The gradient that reaches each layer's weights (root mean square), at the start and at the
    end, one small chart a rung."""
    figure, multiples = small_multiples(
        table, share_x=table.groupby("rung")["layer"].max().nunique() == 1
    )
    for axes, part in multiples:
        for moment, colour, marker in (("start", SECOND, "o"), ("end", ACCENT, "s")):
            of = part[part["moment"] == moment]
            axes.plot(
                of["layer"],
                of["gradient_rms"],
                color=colour,
                marker=marker,
                markersize=3.5,
                linewidth=1.2,
                label=moment,
            )
        axes.set_yscale("log")
    figure.axes[0].legend(frameon=False, fontsize=8, handlelength=1, loc="best")
    return with_labels(figure, "layer, from the pixels on", "RMS gradient")


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


def histograms(table: pd.DataFrame, moment: str = "start") -> plt.Figure:
    """The activations of each layer: a row a rung, with one axis of values for the whole row, a
    column a layer."""
    table = table[(table["quantity"] == "activation") & (table["moment"] == moment)]
    rungs, layers = list(dict.fromkeys(table["rung"])), table["layer"].max()
    figure, axes = plt.subplots(figsize=(9.5, 0.5 * len(rungs) + 0.8))
    shares = [column for column in table.columns if column.startswith("share_")]
    for y, rung in enumerate(rungs):
        of = table[table["rung"] == rung]
        low, high = of["low"].min(), of["high"].max()
        outlines = [
            _outline(row, shares, low, high, layer, y)
            for layer, (_, row) in enumerate(of.iterrows())
        ]
        axes.add_collection(
            PolyCollection(outlines, facecolor=ACCENT, edgecolor=ACCENT, linewidth=0.6, alpha=0.75)
        )
        axes.annotate(
            f"{low:.3g} to {high:.3g}",
            (layers + 0.05, y),
            va="center",
            fontsize=8,
            annotation_clip=False,
        )
    axes.set(xlim=(-0.1, layers), ylim=(len(rungs) - 0.4, -0.6), xlabel="layer, from the pixels on")
    axes.set_yticks(range(len(rungs)), [words(rung) for rung in rungs])
    numbered = _numbered(layers)
    axes.set_xticks(numbered - 0.55, numbered)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def _outline(
    row: pd.Series, shares: list[str], low: float, high: float, x: float, y: float
) -> np.ndarray:
    """The corners of one small histogram in the cell (x, y), as high as its highest bin, along
    the values `low` to `high`."""
    heights = row[shares].to_numpy(dtype=float) / max(row[shares].max(), 1e-12)
    span = (high - low) or 1.0
    edges = x + 0.9 * (np.linspace(row["low"], row["high"], len(shares) + 1) - low) / span
    # A histogram that is narrower than this would be too thin to be seen.
    edges += np.linspace(-0.5, 0.5, len(edges)) * max(0.0, 0.03 - (edges[-1] - edges[0]))
    corners = np.column_stack([np.repeat(edges, 2)[1:-1], y + 0.4 - 0.75 * np.repeat(heights, 2)])
    return np.vstack([[edges[0], y + 0.4], corners, [edges[-1], y + 0.4]])
