"""Scenes of clothes: two to four garments of Fashion-MNIST on a black canvas of 40x40 pixels, at
random places and sizes, the later ones in front; to be predicted is the class of every pixel.

Made from the official files by a seed: 2,000 training scenes of training images alone, 500 test
scenes of test images alone. A pixel belongs to a garment where that is at least 16 of 255 bright.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from stages.datasets import Raw, fashion_mnist

OFFICIAL = "fashion_mnist"
TARGET = "map"
SHAPE = (1, 40, 40)
CLASSES = [
    "background", "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
    "Sneaker", "Bag", "Ankle boot",
]  # fmt: skip
TRAINING, TEST = 2000, 500
SIDE = SHAPE[1]
# Garments on a scene, and their sides in pixels: the least, and one more than the most.
GARMENTS, SIDES = (2, 5), (14, 29)
VISIBLE = 16


def load(folder: Path) -> Raw:
    """Fetch Fashion-MNIST's official files into `folder`, and paste their garments into scenes:
    images [N, 40, 40, 1], and the class of each pixel [N, 40, 40], 0 for the background."""
    garments = fashion_mnist.load(folder)
    train = scenes(garments.train_images, garments.train_labels, TRAINING, seed=0)
    test = scenes(garments.test_images, garments.test_labels, TEST, seed=1)
    made = f"{garments.source}; {TRAINING} and {TEST} scenes of their garments, seeds 0 and 1"
    return Raw(*train, *test, CLASSES, made)


def scenes(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """So many scenes, uint8 [count, 40, 40, 1], of garments [N, H, W, 1] with labels [N], and the
    class of each pixel, uint8 [count, 40, 40]: a garment's label plus 1."""
    # Not default_rng: what that draws may change with numpy's version.
    random = np.random.RandomState(seed)
    made = [_scene(images, labels, random) for _ in range(count)]
    canvases, maps = (np.stack(part) for part in zip(*made, strict=True))
    return canvases[..., None], maps


def _scene(
    images: np.ndarray, labels: np.ndarray, random: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    canvas, classes = np.zeros((2, SIDE, SIDE), dtype=np.uint8)
    for _ in range(random.randint(*GARMENTS)):
        chosen, side = random.randint(len(images)), random.randint(*SIDES)
        top, left = random.randint(SIDE - side + 1, size=2)
        image = Image.fromarray(images[chosen, ..., 0])
        garment = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))
        here = slice(top, top + side), slice(left, left + side)
        visible = garment >= VISIBLE
        canvas[here][visible], classes[here][visible] = garment[visible], labels[chosen] + 1
    return canvas, classes
