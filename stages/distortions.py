"""How far pictures may move, turn, grow or darken before a network no longer knows them: deck 001's four invariances."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from stages import devices, geometry, networks
from stages.randomness import generator

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


def measure(recipe: dict, weights: Path, images: np.ndarray, truth: np.ndarray, statistics: dict, classes: int, leased: str) -> list[dict]:
    """The accuracy of every member of a trained rung under every distortion of uint8 `images` [n, C, H, W], on the device that is leased.

    Rows with distortion, unit, amount, member, images, accuracy. Raises Problem where torch can't use the device or its memory is small.
    """
    device = devices.pick(leased, recipe["device"])
    devices.prepare(recipe["threads"], recipe["deterministic"])
    precision, scaled = devices.precision(recipe["precision"], device), networks.scaling(recipe["slots"], statistics)
    found = []
    with devices.memory_is_enough(device):
        pictures = torch.from_numpy(np.array(images)).to(device).float()
        for member, stored in enumerate(_by_member(weights)):
            network = _network(recipe["slots"], stored, pictures, classes)

            def accuracy(seen: Tensor, network: nn.Module = network) -> float:
                said = networks.probabilities(network, seen, scaled, precision).argmax(dim=1).cpu().numpy()
                return float((said == truth).mean())

            undistorted = accuracy(pictures)
            for kind in KINDS:
                for amount in kind.amounts:
                    share = undistorted if amount == kind.nothing else accuracy(kind.distorted(pictures, amount))
                    row = {"distortion": kind.name, "unit": kind.unit, "amount": amount, "member": member}
                    found.append({**row, "images": len(truth), "accuracy": share})
    return found


def _by_member(path: Path) -> list[dict[str, Tensor]]:
    """The weights of each member, by name."""
    members: dict[int, dict[str, Tensor]] = {}
    for key, value in load_file(path).items():
        member, _, name = key.partition(".")
        members.setdefault(int(member), {})[name] = value
    return [members[member] for member in sorted(members)]


def _network(slots: dict, weights: dict[str, Tensor], images: Tensor, classes: int) -> nn.Module:
    draws = generator(0, 0, "unused"), generator(0, 0, "unused", images.device.type)
    network = networks.build(slots, images.shape[1:], classes, *draws)
    network.load_state_dict(weights)
    return network


def _cycle(ways: Tensor, images: Tensor) -> Tensor:
    """One of `ways` for each image, in turn."""
    return ways.to(images.device)[torch.arange(len(images), device=images.device) % len(ways)]
