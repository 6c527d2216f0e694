"""The figures that classification alone has."""

import matplotlib.pyplot as plt
import pandas as pd
import seaborn

from stages.page.figures.style import LINES, MUTED, heat_map
from stages.page.text import words

# Of more classes than these, a map has no room for counts, nor for every name.
MANY = 20
# Of a class's name so many characters stand beside a map.
LONG = 24


def confusion(table: pd.DataFrame, in_percent: bool = False) -> plt.Figure:
    """How often each class was predicted as which: counts over all members, or `in_percent` of the
    class, colour by the share of the class; of many classes, the colours alone."""
    names = list(dict.fromkeys(table["truth"]))
    counts = table.pivot(index="truth", columns="prediction", values="count").loc[names, names]
    names = [_tick(name) for name in names]
    counts = counts.set_axis(names).set_axis(names, axis=1)
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    size = 1.5 + 0.5 * min(len(names), MANY)
    figure, axes = plt.subplots(figsize=(size, size))
    if len(names) > MANY:
        # One picture: ten thousand rectangles are a megabyte.
        seaborn.heatmap(shares, cmap="Blues", vmin=0, vmax=1, cbar=False, rasterized=True, ax=axes)
    else:
        texts = (100 * shares).round().astype(int) if in_percent else counts
        heat_map(axes, shares, texts, "Blues", text_size=9)
    axes.set_aspect("equal")
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.tick_params(axis="x", rotation=90 if max(map(len, names)) > 3 else 0)
    return figure


def _tick(name: str) -> str:
    """A class's name as matplotlib takes it for text and not for a formula, cut where it is
    long."""
    return (name if len(name) <= LONG else f"{name[: LONG - 1]}…").replace("$", r"\$")


def calibration(table: pd.DataFrame) -> plt.Figure:
    """Reliability diagram of a few rungs: accuracy by confidence; on the line, both are equal."""
    figure, axes = plt.subplots(figsize=(5, 4.2))
    axes.plot([0, 100], [0, 100], color=MUTED, linestyle=":", linewidth=1.5)
    for (rung, part), (colour, marker) in zip(
        table.dropna().groupby("rung", sort=False), LINES, strict=False
    ):
        axes.plot(
            100 * part["confidence"],
            100 * part["accuracy"],
            color=colour,
            marker=marker,
            markersize=5,
            label=words(rung),
        )
    axes.set(
        xlabel="confidence in % (mean of a bin)",
        ylabel="accuracy in %",
        xlim=(0, 101),
        ylim=(0, 101),
    )
    axes.legend(frameon=False, loc="upper left", fontsize=9)
    return figure
