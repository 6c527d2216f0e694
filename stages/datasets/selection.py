"""A data set made from another: some of its classes, fewer images, smaller or gray ones, of which
the class is to be predicted, or what they were before they were made smaller.

Images go through Pillow, which computes in whole numbers, so that they are the same everywhere.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image

from stages.command import Problem
from stages.datasets import Raw

CHANNELS = {1: ("gray",), 3: ("red", "green", "blue")}


def select(raw: Raw, options: dict) -> Raw:
    """The part of `raw` that options (stages/study/data.py) describe, in its order.

    Raises Problem for a class that it lacks, or has fewer training images of than `per_class` says.
    """
    numbers = _numbers(raw, options)
    train = _chosen(raw, "train", numbers, options, "per_class")
    test = _chosen(raw, "test", numbers, options, "test_per_class")
    new = np.zeros(len(raw.classes), dtype=np.int64)
    new[numbers] = range(len(numbers))
    draw = partial(_images, options=options)
    chosen = replace(
        raw,
        train_images=raw.train_images[train],
        train_labels=new[raw.train_labels[train]],
        test_images=raw.test_images[test],
        test_labels=new[raw.test_labels[test]],
        classes=[raw.classes[number] for number in numbers],
        source=f"{raw.source}; {_in_words(options)}",
    )
    chosen = _with_originals(chosen, options) if options["target"] == "original" else chosen
    return replace(
        chosen, train_images=draw(chosen.train_images), test_images=draw(chosen.test_images)
    )


def _with_originals(raw: Raw, options: dict) -> Raw:
    """The images themselves, in gray where that is asked for, in place of the labels."""
    original = partial(_images, options=options | {"size": None})
    train, test = original(raw.train_images), original(raw.test_images)
    channels = CHANNELS[train.shape[3]]
    return replace(raw, train_labels=train, test_labels=test, classes=list(channels))


def _numbers(raw: Raw, options: dict) -> list[int]:
    """The labels of the classes that are asked for."""
    names = options["classes"] or raw.classes
    if unknown := [name for name in names if name not in raw.classes]:
        has = ", ".join(raw.classes)
        raise Problem(f"classes: {options['of']} has no class {unknown[0]!r}; allowed: {has}")
    return [raw.classes.index(name) for name in names]


def _chosen(raw: Raw, part: str, numbers: list[int], options: dict, key: str) -> np.ndarray:
    """The indices of the images for training (`part` is train) or testing: of each class those that
    its own random order begins with, so that a class keeps its images whatever other classes there
    are; as many as the option `key` says."""
    count, labels = options[key], getattr(raw, f"{part}_labels")
    if count is None:
        return _of(labels, numbers)
    chosen = []
    for number in numbers:
        found = _of(labels, [number])
        if len(found) < count:
            images = f"{len(found)} {'training' if part == 'train' else 'test'} images"
            has = f"{raw.classes[number]!r} of {options['of']} has {images}"
            raise Problem(f"{key}: found {count}, but {has}; lower it")
        # Not default_rng: what that draws may change with numpy's version.
        chosen.append(np.random.RandomState([options["seed"], number]).permutation(found)[:count])
    return np.sort(np.concatenate(chosen))


def _of(labels: np.ndarray, numbers: list[int]) -> np.ndarray:
    return np.flatnonzero(np.isin(labels, numbers))


def _images(images: np.ndarray, options: dict) -> np.ndarray:
    """uint8 [N, H, W, C] as gray and as large as is asked for, and in the order of pixels."""
    size, gray = options["size"], options["gray"]
    if size is not None or (gray and images.shape[3] == 3):
        changed = np.stack([np.asarray(_image(pixels, size, gray)) for pixels in images])
        images = changed if changed.ndim == 4 else changed[..., None]
    return _permuted(images, options["seed"]) if options["permuted"] else images


def _permuted(images: np.ndarray, seed: int) -> np.ndarray:
    """The pixels of [N, H, W, C], each with all its channels, in one shuffled order."""
    pixels = images.reshape(len(images), -1, images.shape[3])
    order = np.random.RandomState(seed).permutation(pixels.shape[1])
    return pixels[:, order].reshape(images.shape)


def _image(pixels: np.ndarray, size: int | None, gray: bool) -> Image.Image:
    """Gray by ITU-R 601's weights, as torchvision's rgb_to_grayscale has it; then resized with the
    triangle filter, which takes in all pixels under a smaller one."""
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image = image.convert("L") if gray else image
    return image if size is None else image.resize((size, size), Image.Resampling.BILINEAR)


def _in_words(options: dict) -> str:
    said = []
    if options["classes"]:
        said.append(f"classes {', '.join(options['classes'])}")
    if options["per_class"]:
        said.append(f"{options['per_class']} training images of each, seed {options['seed']}")
    if options["test_per_class"]:
        said.append(f"{options['test_per_class']} test images of each")
    if options["size"]:
        said.append(f"resized to {options['size']}x{options['size']} pixels")
    if options["gray"]:
        said.append("in gray")
    if options["permuted"]:
        said.append(f"pixels in one shuffled order, seed {options['seed']}")
    if options["target"] == "original":
        said.append("to be predicted: what they were before")
    return "; ".join(said)
