"""Translation, rotation, scale and brightness of images: floats 0..255 [B, C, H, W] → same, each
image by an amount of its own.

What comes in from outside the image is black. Augmentation draws the
amounts; robustness lays them down.
"""

from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F


class Warp(NamedTuple):
    """Where each place of a new image lies in the old one: `matrix` [B, 2, 2] times the place, plus
    `shift` [B, 2], in grid_sample's coordinates (x, y), each -1..1; None is no part of it."""

    matrix: Tensor | None = None
    shift: Tensor | None = None

    def then(self, after: "Warp") -> "Warp":
        """This one, and `after` of what it has made, at once."""
        shift = after.shift
        if self.matrix is not None and shift is not None:
            shift = (self.matrix @ shift[:, :, None])[:, :, 0]
        return Warp(_both(self.matrix, after.matrix, torch.matmul), _both(self.shift, shift))


def _both(
    one: Tensor | None, other: Tensor | None, joined: Callable[[Tensor, Tensor], Tensor] = torch.add
) -> Tensor | None:
    if one is None or other is None:
        return other if one is None else one
    return joined(one, other)


def translation(images: Tensor, pixels: Tensor) -> Warp:
    """To the left and up by so many `pixels` [B, 2], where positive."""
    height, width = images.shape[2:]
    # Not times a tensor of the two: what a step takes from the host can't
    # be recorded (cuda_graph.py).
    return Warp(shift=torch.stack([pixels[:, 0] * (2 / width), pixels[:, 1] * (2 / height)], dim=1))


def rotation(images: Tensor, radians: Tensor) -> Warp:
    """Around the centre by `radians` [B]."""
    height, width = images.shape[2:]
    cosine, sine = torch.cos(radians), torch.sin(radians)
    # grid_sample's axes run from -1 to 1 whatever the image's sides are, so that a
    # rotation has to undo their ratio.
    rows = [cosine, sine * (-height / width), sine * (width / height), cosine]
    return Warp(torch.stack(rows, dim=1).view(-1, 2, 2))


def scaling(images: Tensor, factors: Tensor) -> Warp:
    """Around the centre, `factors` [B] times; smaller below 1."""
    return Warp(torch.eye(2, device=images.device) / factors[:, None, None])


def warped(images: Tensor, *warps: Warp) -> Tensor:
    """Images after these, one after the other, interpolated once."""
    warp, count = reduce(Warp.then, warps), len(images)
    matrix, shift = warp
    if matrix is None:
        matrix = torch.eye(2, device=images.device).expand(count, 2, 2)
    if shift is None:
        shift = torch.zeros(count, 2, device=images.device)
    places = F.affine_grid(
        torch.cat([matrix, shift[:, :, None]], dim=2), list(images.shape), align_corners=False
    )
    return F.grid_sample(images, places, align_corners=False)


def brightened(images: Tensor, factors: Tensor) -> Tensor:
    """Each image's values times `factors` [B], cut off at black and white."""
    return (images * factors[:, None, None, None]).clamp(0, 255)
