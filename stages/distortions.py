"""How far pictures may move, turn, grow or darken before a network no longer knows them: deck 001's four invariances."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stages import geometry

# Few enough to cost less than an epoch of most trainings; the same for every rung, so that rungs can be compared.
IMAGES = 250
WAYS = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def translated(images: Tensor, amount: float) -> Tensor:
    """Moved by the share `amount` of a side: one picture to the left, the next to the right, up, down."""
    side = torch.tensor(images.shape[:1:-1], device=images.device)
    return geometry.moved(images, amount * side * _cycle(WAYS, images))


def rotated(images: Tensor, amount: float) -> Tensor:
    """Turned by `amount` degrees, every other picture the other way."""
    return geometry.turned(images, math.radians(amount) * _cycle(WAYS[:2, 0], images))


def resized(images: Tensor, amount: float) -> Tensor:
    """Shown `amount` times as large."""
    return geometry.sized(images, torch.full((len(images),), amount, device=images.device))


def relit(images: Tensor, amount: float) -> Tensor:
    """`amount` times as bright."""
    return geometry.lit(images, torch.full((len(images),), amount, device=images.device))


@dataclass(frozen=True)
class Kind:
    """A way to distort: its name, the unit of its amounts, what it does, its amounts, and the one of them that changes nothing."""

    name: str
    unit: str
    distorted: Callable[[Tensor, float], Tensor]
    amounts: tuple[float, ...]
    nothing: float


KINDS = [
    Kind("translation", "share of the side", translated, (0, 1 / 16, 1 / 8, 3 / 16, 1 / 4), 0),
    Kind("rotation", "degrees", rotated, (0, 10, 20, 30, 45), 0),
    Kind("size", "times as large", resized, (0.6, 0.8, 1, 1.25, 1.6), 1),
    Kind("brightness", "times as bright", relit, (0.4, 0.7, 1, 1.4, 2), 1),
]


SETTINGS = [(kind, amount) for kind in KINDS for amount in kind.amounts]


def settings() -> dict[str, np.ndarray]:
    """SETTINGS as arrays: kind, unit and amount of each."""
    return {
        "kind": np.array([kind.name for kind, _ in SETTINGS]),
        "unit": np.array([kind.unit for kind, _ in SETTINGS]),
        "amount": np.array([amount for _, amount in SETTINGS], dtype=np.float64),
    }


def probabilities(predict: Callable[[Tensor], Tensor], images: Tensor, undistorted: Tensor) -> Tensor:
    """What a network says of uint8 `images` [n, C, H, W] in each of SETTINGS: [settings, n, classes].

    `predict` makes probabilities of floats 0..255, `undistorted` [n, classes], on the CPU, are those of the images as they are.
    """
    pictures = images.float()
    said = [undistorted if amount == kind.nothing else predict(kind.distorted(pictures, amount)).cpu() for kind, amount in SETTINGS]
    return torch.stack(said)


def _cycle(ways: Tensor, images: Tensor) -> Tensor:
    """One of `ways` for each image, in turn."""
    return ways.to(images.device)[torch.arange(len(images), device=images.device) % len(ways)]
