"""The chart of what networks cost: no unit that nobody uses."""

import pandas as pd

from stages.page.figures.cost import cost
from stages.scoring import tasks

SCORE = tasks.load("classification").SCORE


def labels(axes) -> list:
    """The texts below a chart, drawn."""
    axes.figure.canvas.draw()
    return [label for label in axes.get_xticklabels() if label.get_text()]


def test_a_second_is_not_cut_into_thousandths():
    table = pd.DataFrame(
        {
            "number": [1, 2],
            "seconds_per_member": [0.9, 1.0],
            "multiply_accumulates": [1_400_000, 1_500_000],
            "trainable_parameters": [17_207, 17_207],
            SCORE.name: [0.9, 0.93],
        }
    )
    seconds, operations, _ = cost(table, SCORE).axes
    assert "1" in {label.get_text() for label in labels(seconds)}
    assert not any(label.get_text().endswith("m") for label in labels(seconds))
    assert any(label.get_text().endswith("M") for label in labels(operations))
