"""XOR as a data set (deck 003): images of two pixels, black or white, of class 1 where exactly one
of them is white.

There are only four such images. Each stands in the data many times over, in turn: to train on, so
that an epoch has many steps, and to test on, because a test by all there is leaves no luck of the
draw to count with.
"""

from pathlib import Path

import numpy as np

from stages.datasets import Raw

SHAPE = (1, 1, 2)
CLASSES = ["0", "1"]
POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
# How often each of the four stands there.
TRAINING, TEST = 100, 250


def load(folder: Path) -> Raw:
    """400 training and 1,000 test images [1, 2, 1], a quarter of them of each kind."""
    train, test = (np.tile(POINTS, (times, 1)) for times in (TRAINING, TEST))
    images = [(255 * points).astype(np.uint8)[:, None, :, None] for points in (train, test)]
    labels = [points[:, 0] ^ points[:, 1] for points in (train, test)]
    return Raw(images[0], labels[0], images[1], labels[1], CLASSES, "by formula")
