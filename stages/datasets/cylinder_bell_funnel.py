"""Cylinder, bell, funnel (Saito 1994): series of 128 moments in noise, of three shapes, made by
formula from seed 0.

A series is an image of 128 rows and one column; the values -4 to 12 become 0 to 255.
"""

from pathlib import Path

import numpy as np

from stages.datasets import Raw

SHAPE = (1, 128, 1)
CLASSES = ["cylinder", "bell", "funnel"]
MOMENTS, EACH = 128, 3000
LOWEST, HIGHEST = -4.0, 12.0


def load(folder: Path) -> Raw:
    """3,000 training and 3,000 test series as images [128, 1, 1], a third of each class."""
    # Not default_rng: what that draws may change with numpy's version.
    random, labels = np.random.RandomState(0), np.arange(2 * EACH) % 3
    values = (np.stack([_series(label, random) for label in labels]) - LOWEST) * 255
    images = np.round(values / (HIGHEST - LOWEST)).clip(0, 255).astype(np.uint8)[..., None, None]
    halves = np.split(images, 2), np.split(labels, 2)
    (train, test), (train_labels, test_labels) = halves
    source = "Saito 1994, by formula, seed 0"
    return Raw(train, train_labels, test, test_labels, CLASSES, source)


def _series(label: int, random: np.random.RandomState) -> np.ndarray:
    """(6 + η) · shape(t) from a to b, plus noise ε(t), t from 1 to 128; η and ε(t) are standard
    normal, a is uniform in 16..32, b - a in 32..96 (whole numbers)."""
    moments = np.arange(1, MOMENTS + 1)
    begin, length, height = random.randint(16, 33), random.randint(32, 97), 6 + random.randn()
    risen = (moments - begin) / length
    shape = [np.ones(MOMENTS), risen, 1 - risen][label]
    inside = (begin <= moments) & (moments <= begin + length)
    return height * shape * inside + random.randn(MOMENTS)
