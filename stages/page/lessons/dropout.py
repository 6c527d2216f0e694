"""A standard and a spatial mask, side by side."""

from collections.abc import Iterator

import pandas as pd

from stages.page.lessons.drawn import Drawn, drawn, side_by_side

CAPTION = (
    "Masks of six maps of a 1D convolution: blue is kept. Standard dropout draws for each value, "
    "spatial dropout for each map."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A mask of each kind: a row for each map."""
    table = numbers["masks"]
    names = list(dict.fromkeys(table["dropout"]))
    figure, charts = side_by_side(names, 3.6, 2.2)
    for axes, name in zip(charts, names, strict=True):
        mask = table[table["dropout"] == name].pivot(
            index="channel", columns="moment", values="kept"
        )
        axes.pcolormesh(mask, cmap="Blues", vmin=0, vmax=1.6, edgecolor="white", linewidth=1)
        axes.set(xlabel="moment", xticks=[], yticks=[], ylim=(len(mask), 0))
    charts[0].set_ylabel("channel")
    yield drawn("masks", CAPTION, figure)
