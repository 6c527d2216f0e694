"""A standard and a spatial mask, side by side."""

from collections.abc import Iterator

import pandas as pd

from stages.page.lessons.drawn import Drawn, charts, drawn

CAPTION = (
    "Masks of six maps of a 1D convolution: blue is kept. Standard dropout draws for each value, "
    "spatial dropout for each map."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A mask of each kind: a row for each map."""
    figure, parts = charts(numbers["masks"], "dropout", 3.6, 2.2)
    for axes, of in parts:
        mask = of.pivot(index="channel", columns="moment", values="kept")
        axes.pcolormesh(mask, cmap="Blues", vmin=0, vmax=1.6, edgecolor="white", linewidth=1)
        axes.set(xlabel="moment", xticks=[], yticks=[], ylim=(len(mask), 0))
    parts[0][0].set_ylabel("channel")
    yield drawn("masks", CAPTION, figure)
