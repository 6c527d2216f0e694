"""The charts of what goes on inside networks, where one of them has many layers."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from stages.page import cells, figures
from stages.scoring.reasons import COLUMNS


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


def test_each_layer_is_drawn_on_an_axis_of_its_own_with_its_spread_below():
    """The widest layer of a rung once made all healthy ones look like spikes."""
    rows = [
        {"rung": "a", "layer": layer, "moment": "start", "quantity": "activation"}
        | {"low": 0.0, "high": high, "share_1": 0.25, "share_2": 0.75}
        for layer, high in ((1, 100.0), (2, 0.001), (3, 0.0))
    ]
    spreads = pd.DataFrame(rows).assign(activation_std=[30.0, 2e-9, 0.0])
    figure = figures.histograms(pd.DataFrame(rows), spreads)
    [axes] = figure.axes
    assert [text.get_text() for text in axes.texts] == ["30", "2e-09", "0"]
    widths = [path.get_extents().width for path in axes.collections[0].get_paths()]
    assert widths[:2] == [pytest.approx(0.9)] * 2
    assert widths[2] < 0.05, "a spike where all values are equal"
    plt.close(figure)


def test_a_chart_says_how_many_of_its_networks_are_finite():
    place = {"rung": "a", "layer": 1, "moment": "end", "members": 5}
    ends = {f"gradient_rms{end}": 0.1 for end in ("", "_least", "_greatest")}
    for finite, said in ((5, []), (4, ["4 of 5 finite"]), (0, ["0 of 5 finite"])):
        rows = [place | ends | {"finite": 5, "moment": "start"}, place | ends | {"finite": finite}]
        figure = figures.gradients(pd.DataFrame(rows))
        assert [text.get_text() for text in figure.axes[0].texts] == said
        plt.close(figure)


def test_updates_are_a_line_a_layer_whatever_has_no_size():
    """Frozen layers, and zeros on a logarithmic axis."""
    rows = [
        {"rung": "a", "layer": layer, "step": step, "update_ratio": ratio}
        for layer, ratio in ((1, None), (2, 0.0), (3, 0.01))
        for step in (1, 2, 5)
    ]
    figure = figures.updates(pd.DataFrame(rows).astype({"update_ratio": float}))
    figure.canvas.draw()
    [usual], [of_layers] = figure.axes[0].lines, figure.axes[0].collections
    assert len(of_layers.get_paths()) == 3
    assert set(usual.get_ydata()) == {1e-3}
    assert figures.svg(figure).startswith("<svg")


def test_what_was_tested_as_a_reason_is_a_table_and_what_was_not_is_no_row():
    tested = ["d", "update_ratio", 10, "across rungs", 5, 7, 0.002, 1e-7, 1.0, 0.0025, 0.005, 0]
    too_few = ["d", "saturated", 10, "too few", *[None] * 8]
    view = cells.reasons(pd.DataFrame([tested, too_few], columns=COLUMNS))
    [row] = view.rows
    assert [cell.text for cell in row] == [
        "Ratio of update to weight size",
        "10",
        "across rungs",
        "0.002",
        "1e-07",
        "1.00",
        "0.003",
        "0.005",
        "0 of 12",
    ]
    assert len(row) == len(view.columns)
    assert row[2].note == "5 against 7"
    assert cells.reasons(pd.DataFrame([too_few], columns=COLUMNS)).rows == []
