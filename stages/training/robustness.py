"""Robustness: how far images may be translated, rotated, scaled or darkened before they are no
longer correctly classified.

These are deck 001's four invariances.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stages.compute import image_transforms
from stages.compute.image_transforms import warped

# Few enough to cost less than an epoch of most trainings; the same for every rung,
# so that rungs can be compared.
IMAGES = 250
WAYS = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def translated(images: Tensor, amount: float) -> Tensor:
    """Moved by the share `amount` of a side: one image to the left, the
    next to the right, up, down."""
    side = torch.tensor(images.shape[:1:-1], device=images.device)
    pixels = amount * side * _cycle(WAYS, images)
    return warped(images, image_transforms.translation(images, pixels))


def rotated(images: Tensor, amount: float) -> Tensor:
    """Rotated by `amount` degrees, every other image the other way."""
    radians = math.radians(amount) * _cycle(WAYS[:2, 0], images)
    return warped(images, image_transforms.rotation(images, radians))


def scaled(images: Tensor, amount: float) -> Tensor:
    """Shown `amount` times as large."""
    factors = torch.full((len(images),), amount, device=images.device)
    return warped(images, image_transforms.scaling(images, factors))


def brightened(images: Tensor, amount: float) -> Tensor:
    """`amount` times as bright."""
    return image_transforms.brightened(
        images, torch.full((len(images),), amount, device=images.device)
    )


@dataclass(frozen=True)
class Kind:
    """A way to transform images: its name, the unit of its amounts, what it does, its amounts, and
    the one that changes nothing."""

    name: str
    unit: str
    transformed: Callable[[Tensor, float], Tensor]
    amounts: tuple[float, ...]
    nothing: float


KINDS = [
    Kind("translation", "share of the side", translated, (0, 1 / 16, 1 / 8, 3 / 16, 1 / 4), 0),
    Kind("rotation", "degrees", rotated, (0, 10, 20, 30, 45), 0),
    Kind("scale", "times as large", scaled, (0.6, 0.8, 1, 1.25, 1.6), 1),
    Kind("brightness", "times as bright", brightened, (0.4, 0.7, 1, 1.4, 2), 1),
]


SETTINGS = [(kind, amount) for kind in KINDS for amount in kind.amounts]


def _of(kinds: tuple[str, ...]) -> list[tuple[Kind, float]]:
    return [(kind, amount) for kind, amount in SETTINGS if kind.name in kinds]


def settings(kinds: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Those of SETTINGS that are of these kinds as arrays: kind, unit and amount of each."""
    chosen = _of(kinds)
    return {
        "kind": np.array([kind.name for kind, _ in chosen], dtype=str),
        "unit": np.array([kind.unit for kind, _ in chosen], dtype=str),
        "amount": np.array([amount for _, amount in chosen], dtype=np.float64),
    }


def predictions(
    predict: Callable[[Tensor], Tensor],
    images: Tensor,
    untransformed: Tensor,
    kinds: tuple[str, ...],
) -> Tensor:
    """The predictions for uint8 `images` [n, C, H, W] in each of SETTINGS that is of these kinds:
    [settings, n, ...].

    `predict` takes floats 0..255; `untransformed` [n, ...], on the CPU, are the
    predictions for the images as they are.
    """
    floats = images.float()
    made = [
        untransformed if amount == kind.nothing else predict(kind.transformed(floats, amount)).cpu()
        for kind, amount in _of(kinds)
    ]
    return torch.stack(made) if made else untransformed[None, :][:0]


def _cycle(ways: Tensor, images: Tensor) -> Tensor:
    """One of `ways` for each image, in turn."""
    return ways.to(images.device)[torch.arange(len(images), device=images.device) % len(ways)]
