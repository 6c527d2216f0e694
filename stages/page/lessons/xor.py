"""XOR: on which side of its border each network sees which point."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from stages.page.figures.style import ACCENT, INK, SECOND
from stages.page.lessons.drawn import Drawn, drawn, side_by_side

NETWORKS = {
    "deck": "Deck 003's three units",
    "three_units": "Three units, trained",
    "perceptron": "A perceptron, trained",
}
CAPTION = (
    "What three networks say to every place of the square: 1 in red, 0 in blue, the paler the "
    "less sure, a line at the border between them; XOR is 1 at the triangles, 0 at the circles. Of "
    "the trained ones, the first start that classifies the most points correctly."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """The regions of the three networks."""
    table = numbers["regions"]
    figure, charts = side_by_side(list(NETWORKS.values()), 2.7, 2.9)
    for axes, name in zip(charts, NETWORKS, strict=True):
        said = table.pivot(index="x2", columns="x1", values=name)
        looks = {"levels": np.linspace(0, 1, 11), "cmap": "RdBu_r", "alpha": 0.6}
        axes.contourf(said.columns, said.index, said, **looks)
        if said.to_numpy().min() < 0.5 < said.to_numpy().max():
            axes.contour(said.columns, said.index, said, levels=[0.5], colors=INK)
        axes.scatter([0, 1], [0, 1], color=ACCENT, marker="o", s=60, edgecolor="white")
        axes.scatter([0, 1], [1, 0], color=SECOND, marker="^", s=70, edgecolor="white")
        axes.set(xlabel="x1", xticks=[0, 1], yticks=[0, 1], aspect="equal")
    charts[0].set_ylabel("x2")
    yield drawn("regions", CAPTION, figure)
