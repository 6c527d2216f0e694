"""Slot `augmentation`: how training images are varied. `name(images, generator, **options)`:
floats 0..255 [B, C, H, W] → same, or the Warp that makes them.

A list is applied in its order; warps that follow each other are one, so that images are
interpolated once. Every image of the batch draws its own variation; what comes in from outside the
image is black.
"""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from stages.compute import image_transforms
from stages.compute.image_transforms import Warp
from stages.techniques.options import Count, Fraction, NonNegative, Share


def flip(images: Tensor, generator: Generator, *, probability: Share = 0.5) -> Tensor:
    """Swap left and right with this probability, image by image."""
    flipped = torch.rand(len(images), generator=generator, device=images.device) < probability
    return torch.where(flipped[:, None, None, None], images.flip(3), images)


def crop(images: Tensor, generator: Generator, *, padding: Count) -> Tensor:
    """Surround each image by `padding` black pixels and cut its size out again at a random place,
    whole pixels from the centre."""
    height, width = images.shape[2:]
    padded = F.pad(images, (padding, padding, padding, padding))
    top, left = torch.randint(
        2 * padding + 1, (2, len(images)), generator=generator, device=images.device
    )
    # All places where a window may lie, as a view: one of them is then copied
    # row by row, not pixel by pixel.
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)
    return windows[torch.arange(len(images), device=images.device), :, top, left]


def translate(images: Tensor, generator: Generator, *, pixels: NonNegative) -> Warp:
    """Move each image by up to `pixels` up or down and left or right."""
    return image_transforms.translation(images, _drawn(images, generator, -pixels, pixels, 2))


def rotate(images: Tensor, generator: Generator, *, degrees: NonNegative) -> Warp:
    """Rotate each image around its centre by up to `degrees` either way."""
    most = math.radians(degrees)
    return image_transforms.rotation(images, _drawn(images, generator, -most, most))


def scale(images: Tensor, generator: Generator, *, factor: Fraction) -> Warp:
    """Make each image larger or smaller by up to the fraction `factor`."""
    return image_transforms.scaling(images, _drawn(images, generator, 1 - factor, 1 + factor))


def brightness(images: Tensor, generator: Generator, *, factor: Fraction) -> Tensor:
    """Make each image lighter or darker by up to the fraction `factor`."""
    return image_transforms.brightened(images, _drawn(images, generator, 1 - factor, 1 + factor))


def _drawn(images: Tensor, generator: Generator, low: float, high: float, *each: int) -> Tensor:
    """Uniformly from `low` to `high`, for every image: [B, *each]."""
    empty = torch.empty(len(images), *each, device=images.device)
    return empty.uniform_(low, high, generator=generator)
