"""What a transposed convolution makes of a small image."""

from collections.abc import Iterator

import pandas as pd

from stages.page.lessons.drawn import Drawn, drawn, images

CAPTION = (
    "A 2x2 input, a 3x3 filter, and what a transposed convolution makes of them at stride 1, at "
    "stride 2, and at stride 2 with the border of 1 cut off."
)


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """Input, filter and outputs side by side."""
    yield drawn("values", CAPTION, images(numbers["values"], "shown"))
