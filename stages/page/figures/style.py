"""What all figures share: SVG, the same bytes every time, in colours that the page may change."""

import io

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn

from stages.page.text import labelled, words
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
# Colours and markers for a handful of lines, told apart by those, too, who see no colours.
LINES = list(zip((ACCENT, SECOND, GOOD, BAD, MUTED, INK), "osD^vP", strict=True))

# From matplotlib's own defaults on, whatever a person's matplotlibrc says.
matplotlib.rcdefaults()
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
    """A figure as the text of an SVG element, without the XML head that HTML does not take;
    closes the figure."""
    content = io.StringIO()
    figure.savefig(
        content, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}
    )
    plt.close(figure)
    text = content.getvalue()[content.getvalue().index("<svg") :]
    for colour, themed in THEME.items():
        text = text.replace(colour, themed)
    return text


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


def small_multiples(
    table: pd.DataFrame, share_x: bool
) -> tuple[plt.Figure, list[tuple[plt.Axes, pd.DataFrame]]]:
    """A figure of small charts, four in a row, and for each its axes and the rows of its rung."""
    rungs = list(dict.fromkeys(table["rung"]))
    columns = min(4, len(rungs))
    rows = -(-len(rungs) // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(2.3 * columns, 1.9 * rows),
        sharex=share_x,
        sharey=True,
        squeeze=False,
    )
    for axes in list(grid.flat)[len(rungs) :]:
        axes.remove()
    for axes, rung in zip(grid.flat, rungs, strict=False):
        axes.set_title(words(rung), fontsize=10, loc="left")
    return figure, [
        (axes, table[table["rung"] == rung]) for axes, rung in zip(grid.flat, rungs, strict=False)
    ]


def with_labels(figure: plt.Figure, x: str, y: str) -> plt.Figure:
    """A figure of small charts with one label for all their axes."""
    figure.supxlabel(x, fontsize=10)
    figure.supylabel(y, fontsize=10)
    figure.tight_layout()
    return figure
