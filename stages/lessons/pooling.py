"""A pool says one number for each window: its maximum, or its mean. On the 4x4 image here, in
windows of 2x2, that is 5 8 / 2 6 and 2 4 / 1 3, as in deck 002; the image is made to fit these
results.

Deck 002 says that a pool is “little affected by changes of the input”. Here the image, with two
black pixels around it, is shifted by one and by two pixels: how much of each representation
changes? A shift by the windows' whole side moves what a pool says by one place, no less; a shift by
one pixel changes it, too, though by less than the pixels. It is the average, or the maximum, over
the whole image that a shift leaves as it was.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Pooling"
IMAGE = np.array([[1.0, 2.0, 8.0, 2.0], [5.0, 0.0, 4.0, 2.0],
                  [0.0, 2.0, 6.0, 1.0], [1.0, 1.0, 2.0, 3.0]])  # fmt: skip
WINDOW, BLACK = 2, 2
SHIFTS = (1, 2)


def pooled(image: np.ndarray, reduce: Callable, window: int) -> np.ndarray:
    """`reduce` over windows [window, window] next to each other, of an image [H, W]."""
    height, width = (side // window for side in image.shape)
    windows = image[: height * window, : width * window].reshape(height, window, width, window)
    return reduce(windows, axis=(1, 3))


def shifted(image: np.ndarray, pixels: int) -> np.ndarray:
    """An image moved to the right, black where nothing comes in."""
    moved = np.zeros_like(image)
    moved[:, pixels:] = image[:, : image.shape[1] - pixels]
    return moved


def tables() -> dict[str, Table]:
    """Window by window, and what a shift changes."""
    return {
        "images": Table("The image and its pools.", _images(), drawn=True),
        "windows": Table("The four windows of the image, and what either pool says.", _windows()),
        "shifts": Table(
            "How much of what is seen changes when the image is shifted: the sum of the absolute "
            "changes, in % of the sum of the values before.",
            pd.DataFrame([_moved(name, seen) for name, seen in _representations().items()]),
        ),
    }


def _windows() -> pd.DataFrame:
    rows = []
    for row in (0, 2):
        for column in (0, 2):
            part = IMAGE[row : row + WINDOW, column : column + WINDOW].ravel()
            place = f"rows {row + 1}–{row + 2}, columns {column + 1}–{column + 2}"
            values = " ".join(f"{value:g}" for value in part)
            rows.append((place, values, part.max(), part.mean()))
    return pd.DataFrame(rows, columns=["window", "pixels", "maximum", "mean"])


def _images() -> pd.DataFrame:
    shown = {
        "image": IMAGE,
        "maximum": pooled(IMAGE, np.max, WINDOW),
        "mean": pooled(IMAGE, np.mean, WINDOW),
    }
    rows = [
        (name, row, column, value)
        for name, values in shown.items()
        for (row, column), value in np.ndenumerate(values)
    ]
    return pd.DataFrame(rows, columns=["shown", "row", "column", "value"])


def _representations() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    side = len(IMAGE) + 2 * BLACK
    return {
        "the pixels": lambda image: image,
        "2x2 maximum": lambda image: pooled(image, np.max, WINDOW),
        "2x2 mean": lambda image: pooled(image, np.mean, WINDOW),
        "maximum of all": lambda image: pooled(image, np.max, side),
        "mean of all": lambda image: pooled(image, np.mean, side),
    }


def _moved(name: str, seen: Callable[[np.ndarray], np.ndarray]) -> dict:
    canvas = np.pad(IMAGE, BLACK)
    before = seen(canvas)
    changes = {pixels: np.abs(seen(shifted(canvas, pixels)) - before).sum() for pixels in SHIFTS}
    texts = {1: "shifted by 1 pixel, %", 2: "shifted by 2 pixels, %"}
    shares = {texts[pixels]: 100 * changes[pixels] / before.sum() for pixels in SHIFTS}
    return {"what is seen": name, "values": before.size, **shares}
