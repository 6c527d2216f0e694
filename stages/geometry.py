"""What happens to a picture when the world moves: floats 0..255 [B, C, H, W] → same, each picture by an amount of its own.

What comes in from outside the picture is black. Augmentation draws the amounts; distortions.py lays them down.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def moved(images: Tensor, pixels: Tensor) -> Tensor:
    """Each picture moved by `pixels` [B, 2]: so many to the left and up, where positive."""
    height, width = images.shape[2:]
    matrix = torch.eye(2, device=images.device).expand(len(images), 2, 2)
    # Not times a tensor of the two: what a step takes from the host can't be recorded (stages/capture.py).
    shift = torch.stack([pixels[:, 0] * (2 / width), pixels[:, 1] * (2 / height)], dim=1)
    return _sampled(images, matrix, shift)


def turned(images: Tensor, radians: Tensor) -> Tensor:
    """Each picture turned around its middle by `radians` [B]."""
    height, width = images.shape[2:]
    # grid_sample's axes run from -1 to 1 whatever the picture's sides are, so that a turn has to undo their ratio.
    rows = [torch.cos(radians), -torch.sin(radians) * height / width, torch.sin(radians) * width / height, torch.cos(radians)]
    return _sampled(images, torch.stack(rows, dim=1).view(-1, 2, 2))


def sized(images: Tensor, factors: Tensor) -> Tensor:
    """What each picture shows made larger around its middle, `factors` [B] times; smaller below 1."""
    return _sampled(images, torch.eye(2, device=images.device) / factors[:, None, None])


def lit(images: Tensor, factors: Tensor) -> Tensor:
    """Each picture's values times `factors` [B], cut off at black and white."""
    return (images * factors[:, None, None, None]).clamp(0, 255)


def _sampled(images: Tensor, matrix: Tensor, shift: Tensor | None = None) -> Tensor:
    """Each picture at `matrix` [B, 2, 2] times a place plus `shift` [B, 2], in grid_sample's coordinates (x, y), each -1..1."""
    shift = torch.zeros(len(images), 2, device=images.device) if shift is None else shift
    places = F.affine_grid(torch.cat([matrix, shift[:, :, None]], dim=2), list(images.shape), align_corners=False)
    return F.grid_sample(images, places, align_corners=False)
