"""Folders of images for tests: what a data set holds, written as PNG files."""

from pathlib import Path

import numpy as np
from PIL import Image

from stages.datasets import Raw


def write_parts(raw: Raw, folder: Path) -> None:
    """A data set as train/CLASS/NUMBER.png and test/CLASS/NUMBER.png below `folder`."""
    for part in ("train", "test"):
        images, labels = getattr(raw, f"{part}_images"), getattr(raw, f"{part}_labels")
        for i, (pixels, label) in enumerate(zip(images, labels, strict=True)):
            write(folder / part / raw.classes[label] / f"{i:05d}.png", pixels)


def write_classes(folder: Path, images: dict[str, int], size: int = 8) -> None:
    """So many random images of each class, as CLASS/NUMBER.png below `folder`."""
    random = np.random.RandomState(0)
    for name, count in images.items():
        for i in range(count):
            pixels = random.randint(256, size=(size, size, 3), dtype=np.uint8)
            write(folder / name / f"{i}.png", pixels)


def write(path: Path, pixels: np.ndarray) -> None:
    """One image, [H, W, C] or [H, W, 1], as the file that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(path)
