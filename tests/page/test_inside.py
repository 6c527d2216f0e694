"""The charts of what goes on inside networks, where one of them has many layers."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from stages.page import figures


def table(layers: int, rung: str) -> pd.DataFrame:
    """Half of the units of each layer are constant, at the start and at the end."""
    rows = [
        {"rung": rung, "layer": layer, "moment": moment, "constant_units": 0.5}
        for layer in range(1, layers + 1)
        for moment in ("start", "end")
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("rung", ["deep", "augmented", "batch_normalization_and_dropout"])
@pytest.mark.parametrize(("layers", "numbers"), [(12, 12), (20, 20), (56, 11)])
def test_no_number_lies_over_another(layers, numbers, rung):
    figure = figures.constant_units(table(layers, rung))
    figure.canvas.draw()
    for axes in figure.axes:
        ticks = [label for label in axes.get_xticklabels() if label.get_text()]
        boxes = [label.get_window_extent() for label in ticks]
        assert len(ticks) == numbers
        assert all(a.x1 < b.x0 for a, b in pairwise(boxes))
        texts = {text.get_text() for text in axes.texts}
        assert texts == ({"50"} if layers == numbers else {""})
    plt.close(figure)
