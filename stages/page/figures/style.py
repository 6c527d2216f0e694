"""What all figures share: SVG, the same bytes every time, in colours that the page may change."""

import io
import re

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn

from stages.page.text import labelled
from stages.scoring.score import Score

ACCENT, MUTED, INK, GOOD, BAD, SECOND = (
    "#0b6e99",
    "#8d99a2",
    "#1f2933",
    "#1b7a43",
    "#b3261e",
    "#c2571a",
)
# In dark surroundings the page sets these properties; elsewhere the colour behind the comma holds.
THEME = {colour: f"var(--chart-{name}, {colour})" for name, colour in
         [("accent", ACCENT), ("muted", MUTED), ("ink", INK),
          ("good", GOOD), ("bad", BAD), ("second", SECOND)]}  # fmt: skip
FONTS = ["DejaVu Sans", "Verdana", "Arial", "Helvetica"]
# Colours and markers for a handful of lines, told apart by those, too, who see no colours.
LINES = list(zip((ACCENT, SECOND, GOOD, BAD, MUTED, INK), "osD^vP", strict=True))

# From matplotlib's own defaults on, whatever a person's matplotlibrc says.
matplotlib.rcdefaults()
matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "rungs",
        "svg.fonttype": "none",
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "font.family": "sans-serif",
        "font.sans-serif": FONTS,
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


class Whole(plt.Figure):
    """A figure whose margins have room for all that stands in them, so that nobody measures it."""


def svg(figure: plt.Figure) -> str:
    """A figure as the text of an SVG element, without the XML head that HTML does not take;
    closes the figure."""
    content, metadata = io.StringIO(), {"Date": None, "Creator": None}
    if isinstance(figure, Whole):
        # What savefig would do, without drawing all of it once more before.
        figure.canvas.print_svg(content, metadata=metadata)
    else:
        figure.savefig(content, format="svg", bbox_inches="tight", metadata=metadata)
    plt.close(figure)
    text = content.getvalue()[content.getvalue().index("<svg") :]
    for colour, themed in THEME.items():
        text = text.replace(colour, themed)
    return _lean(text)


def _lean(text: str) -> str:
    """An SVG that looks the same in half the bytes: font and colour of texts are named once, places
    end with the hundredth of a point, and nothing is indented, or turned by nothing."""
    named = ", ".join([*(f"'{font}'" for font in FONTS), "sans-serif"])
    text = text.replace("<svg ", f'<svg style="font-family: {named}; fill: {THEME[INK]}" ', 1)
    for said in (f" font-family: {named};", f" font-family: '{FONTS[0]}';"):
        text = text.replace(said, "")
    text = re.sub(rf"(<t[^<>]*); fill: {re.escape(THEME[INK])}", r"\1", text)
    text = re.sub(r' transform="rotate\(-?0 [-0-9. ]+\)"', "", text)
    text = re.sub(r" ?\n *", "\n", text)
    return re.sub(
        r"<(path|use|text|tspan) [^<>]*", lambda tag: re.sub(r"(\.\d\d)\d+", r"\1", tag[0]), text
    )


def score_axis(axes: plt.Axes, score: Score, of: str = "y") -> None:
    """Let shares be drawn from 0 to 100 %, so that charts can be compared; other scores as they
    fall."""
    if score.percent:
        axes.set(**{f"{of}lim": (0, 101)})


def score_label(score: Score) -> str:
    """What an axis of test scores is called."""
    return f"test {labelled(score)}"


def heat_map(
    axes: plt.Axes, shares: pd.DataFrame, texts: pd.DataFrame, colours: str, text_size: int
) -> None:
    """A table of shares, 0..1, as a heat map in the colours of that name, first row on top, a
    text in each; none for 0."""
    seaborn.heatmap(
        shares,
        mask=~(shares > 0),
        annot=texts,
        fmt="",
        cmap=colours,
        vmin=0,
        vmax=1,
        cbar=False,
        xticklabels=True,
        yticklabels=True,
        annot_kws={"fontsize": text_size},
        ax=axes,
    )
    # Where two share the axis, seaborn turns it over twice.
    axes.set_ylim(len(shares), 0)
    axes.tick_params(length=0, axis="both", labelrotation=0)
