"""Translation, rotation, scale and brightness of images: floats 0..255 [B, C, H, W] → same, each
image by an amount of its own.

What comes in from outside the image is black. Augmentation draws the
amounts; robustness lays them down.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def translated(images: Tensor, pixels: Tensor) -> Tensor:
    """Each image translated by `pixels` [B, 2]: so many to the left and up, where positive."""
    height, width = images.shape[2:]
    matrix = torch.eye(2, device=images.device).expand(len(images), 2, 2)
    # Not times a tensor of the two: what a step takes from the host can't
    # be recorded (cuda_graph.py).
    shift = torch.stack([pixels[:, 0] * (2 / width), pixels[:, 1] * (2 / height)], dim=1)
    return _sampled(images, matrix, shift)


def rotated(images: Tensor, radians: Tensor) -> Tensor:
    """Each image rotated around its centre by `radians` [B]."""
    height, width = images.shape[2:]
    # grid_sample's axes run from -1 to 1 whatever the image's sides are, so that a
    # rotation has to undo their ratio.
    rows = [
        torch.cos(radians),
        -torch.sin(radians) * height / width,
        torch.sin(radians) * width / height,
        torch.cos(radians),
    ]
    return _sampled(images, torch.stack(rows, dim=1).view(-1, 2, 2))


def scaled(images: Tensor, factors: Tensor) -> Tensor:
    """Each image scaled around its centre, `factors` [B] times; smaller below 1."""
    return _sampled(images, torch.eye(2, device=images.device) / factors[:, None, None])


def brightened(images: Tensor, factors: Tensor) -> Tensor:
    """Each image's values times `factors` [B], cut off at black and white."""
    return (images * factors[:, None, None, None]).clamp(0, 255)


def _sampled(images: Tensor, matrix: Tensor, shift: Tensor | None = None) -> Tensor:
    """Each image at `matrix` [B, 2, 2] times a place plus `shift` [B, 2], in grid_sample's
    coordinates (x, y), each -1..1."""
    shift = torch.zeros(len(images), 2, device=images.device) if shift is None else shift
    places = F.affine_grid(
        torch.cat([matrix, shift[:, :, None]], dim=2), list(images.shape), align_corners=False
    )
    return F.grid_sample(images, places, align_corners=False)
