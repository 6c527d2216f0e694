"""The data sets: one module each, with one function `load(folder)` → Raw, which may put files into
`folder`.

The file name is the name that params.yaml says. Constants let a study be checked without the data:
CLASSES, where there is one, holds the classes' names, and SHAPE is (C, H, W) of an image, where a
study doesn't say `size` or `gray`; TARGET says what is to be predicted of an image, where that is
not its class (stages/study/targets.py), and OFFICIAL whose official files it is made from, where
these are another data set's. Of one's own images, `load(folder, options)` gets the folder that they
lie in, and what the study says of them.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Raw", "decoded", "kept", "likeness", "selection"]


@dataclass(frozen=True)
class Raw:
    """A decoded data set: uint8 images [N, H, W, C], their labels [N, ...], the classes' names, and
    where it came from.

    A label is what is to be predicted: the number of a class; or uint8, that of each pixel's class
    [H, W], or another image [H', W', C], of which `classes` then names the channels.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: list[str]
    source: str


def decoded(train, test, source: str) -> Raw:
    """The training and test images of a torchvision data set that holds them all; gray ones,
    [N, H, W], get their channel."""
    images = [np.asarray(part.data) for part in (train, test)]
    images = [part[..., None] if part.ndim == 3 else part for part in images]
    labels = [np.asarray(part.targets) for part in (train, test)]
    return Raw(images[0], labels[0], images[1], labels[1], train.classes, source)
