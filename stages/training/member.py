"""What one training takes and gives: images in, a trained network with its
history and predictions out."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Data:
    """What a member is trained on: uint8 images [N, C, H, W], targets [N, ...], and the pixel
    statistics of the training images."""

    train_images: Tensor
    train_targets: Tensor
    validation_images: Tensor
    validation_targets: Tensor
    test_images: Tensor
    statistics: dict
    classes: int

    @property
    def device(self) -> torch.device:
        """Where the images lie, and the training takes place."""
        return self.train_images.device

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of an image."""
        return tuple(self.train_images.shape[1:])


@dataclass(frozen=True)
class Arithmetic:
    """How a step is computed: the number format of the layers' inputs and weights (sums,
    losses and the weights that are kept are float32 throughout), and whether the step is
    recorded once and played again."""

    precision: torch.dtype = torch.float32
    captured: bool = False


FLOAT32 = Arithmetic()


@dataclass
class Member:
    """A trained network: weights by name, the count of trainable values, one history row and one
    row of condensed test predictions [n, ...] per epoch, the predictions [n, ...] at the end,
    also of transformed test images [settings, n, ...] (robustness.py), what went on inside at the
    start and at the end (diagnostics.py), and the seconds that its training took, looking inside,
    and the transformed images."""

    weights: dict[str, Tensor]
    trainable: int
    history: list[dict]
    epoch_predictions: list[Tensor]
    validation_predictions: Tensor
    test_predictions: Tensor
    robustness_predictions: Tensor
    layers: list[dict]
    histograms: list[dict]
    seconds: float
    diagnostics_seconds: float
    robustness_seconds: float

    @property
    def parameters(self) -> dict:
        """How many values it has: the trainable ones, and all that must be stored to predict
        (running statistics, too)."""
        stored = sum(value.numel() for value in self.weights.values() if value.is_floating_point())
        return {"trainable": self.trainable, "all": stored}


class Watcher(Protocol):
    """Who is told how a training goes."""

    def start(self, training) -> None:
        """A training (loop.Training) is about to begin, or to go on from a checkpoint."""

    def epoch(self, row: dict) -> None:
        """An epoch has ended; `row` is its row of the history."""
