"""Two units before and after batch normalization and whitening."""

from collections.abc import Iterator

import pandas as pd

from stages.page.figures.style import ACCENT
from stages.page.lessons.drawn import Drawn, charts, drawn

CAPTION = (
    "Two units over 100 images. Batch normalization moves and scales them; whitening also takes "
    "away what they have in common."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """A cloud of points for each way."""
    figure, parts = charts(numbers["values"], "way", 2.3, 2.6)
    for axes, of in parts:
        axes.scatter(of["unit 1"], of["unit 2"], s=6, color=ACCENT, alpha=0.6, linewidths=0)
        axes.set(xlim=(-5, 9), ylim=(-7, 7), aspect="equal", xlabel="unit 1")
    parts[0][0].set_ylabel("unit 2")
    yield drawn("values", CAPTION, figure)
