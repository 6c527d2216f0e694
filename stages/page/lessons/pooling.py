"""The image that is pooled, and what either pool makes of it."""

from collections.abc import Iterator

import pandas as pd

from stages.page.lessons.drawn import Drawn, drawn, images

CAPTION = "The 4x4 image, and what a 2x2 maximum and a 2x2 mean make of it."


def figures(numbers: dict[str, pd.DataFrame]) -> Iterator[Drawn]:
    """The image and its two pools side by side."""
    yield drawn("images", CAPTION, images(numbers["images"], "shown"))
