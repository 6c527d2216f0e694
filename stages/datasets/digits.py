"""The 8x8 handwritten digits that ship with scikit-learn: no network needed.

They are the 1,797 test images of UCI's "Optical Recognition of Handwritten Digits" (Alpaydin and
Kaynak 1998), in their order. The first 1,000 are for training here, the other 797 for testing.
"""

from pathlib import Path

import numpy as np

from stages.datasets import Raw

TRAINING = 1000
SHAPE = (1, 8, 8)
CLASSES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


def load(folder: Path) -> Raw:
    """1,000 training and 797 test images [8, 8, 1]; the values 0..16 become 0..255."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.round(digits.images * (255 / 16)).astype(np.uint8)[..., None]
    labels = digits.target.astype(np.int64)
    return Raw(
        images[:TRAINING],
        labels[:TRAINING],
        images[TRAINING:],
        labels[TRAINING:],
        CLASSES,
        "scikit-learn's load_digits: UCI, Optical Recognition of Handwritten Digits; the first "
        "1,000 for training, the rest for testing",
    )
