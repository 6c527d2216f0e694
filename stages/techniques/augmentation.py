"""Slot `augmentation`: how training images are varied. `name(images, generator, **options)`: floats 0..255 [B, C, H, W] → same.

A list is applied in its order. Every image of the batch draws its own variation; what comes in from outside the picture is black.
"""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from stages.options import Count, Fraction, NonNegative, Share


def flip(images: Tensor, generator: Generator, *, probability: Share = 0.5) -> Tensor:
    """Swap left and right with this probability, picture by picture."""
    flipped = torch.rand(len(images), generator=generator, device=images.device) < probability
    return torch.where(flipped[:, None, None, None], images.flip(3), images)


def crop(images: Tensor, generator: Generator, *, padding: Count) -> Tensor:
    """Surround each picture by `padding` black pixels and cut its size out again at a random place, whole pixels from the middle."""
    count, _, height, width = images.shape
    padded = F.pad(images, (padding, padding, padding, padding))
    corner = torch.randint(2 * padding + 1, (2, count, 1), generator=generator, device=images.device)
    rows = corner[0] + torch.arange(height, device=images.device)
    columns = corner[1] + torch.arange(width, device=images.device)
    picture = torch.arange(count, device=images.device)[:, None, None]
    return padded[picture, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def translate(images: Tensor, generator: Generator, *, pixels: NonNegative) -> Tensor:
    """Move each picture by up to `pixels` up or down and left or right."""
    height, width = images.shape[2:]
    shift = _uniform(images, generator, 2) * pixels
    matrix = torch.eye(2, device=images.device).expand(len(images), 2, 2)
    return _warp(images, matrix, shift * torch.tensor([2 / width, 2 / height], device=images.device))


def rotate(images: Tensor, generator: Generator, *, degrees: NonNegative) -> Tensor:
    """Turn each picture around its middle by up to `degrees` either way."""
    angle = _uniform(images, generator, 1)[:, 0] * math.radians(degrees)
    height, width = images.shape[2:]
    # grid_sample's axes run from -1 to 1 whatever the picture's sides are, so that a turn has to undo their ratio.
    rows = [torch.cos(angle), -torch.sin(angle) * height / width, torch.sin(angle) * width / height, torch.cos(angle)]
    return _warp(images, torch.stack(rows, dim=1).view(-1, 2, 2))


def scale(images: Tensor, generator: Generator, *, factor: Fraction) -> Tensor:
    """Make each picture larger or smaller by up to the fraction `factor`."""
    size = 1 + _uniform(images, generator, 1)[:, 0] * factor
    return _warp(images, torch.eye(2, device=images.device) / size[:, None, None])


def brightness(images: Tensor, generator: Generator, *, factor: Fraction) -> Tensor:
    """Make each picture lighter or darker by up to the fraction `factor`."""
    return (images * (1 + _uniform(images, generator, 1)[:, :, None, None] * factor)).clamp(0, 255)


def _uniform(images: Tensor, generator: Generator, columns: int) -> Tensor:
    """[B, columns] in -1..1."""
    return torch.rand(len(images), columns, generator=generator, device=images.device) * 2 - 1


def _warp(images: Tensor, matrix: Tensor, shift: Tensor | None = None) -> Tensor:
    """Sample each picture at `matrix` [B, 2, 2] times a place plus `shift` [B, 2], in grid_sample's coordinates (x, y), each -1..1."""
    shift = torch.zeros(len(images), 2, device=images.device) if shift is None else shift
    places = F.affine_grid(torch.cat([matrix, shift[:, :, None]], dim=2), list(images.shape), align_corners=False)
    return F.grid_sample(images, places, align_corners=False)
