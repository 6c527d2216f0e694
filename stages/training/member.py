"""What one training takes and gives: images in, a trained network with its
history and predictions out."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Data:
    """What a member is trained on: uint8 images [N, C, H, W] and targets [N, ...]; of these, where
    they are not all, the `chosen` ones (indices, some perhaps several times). `validation` says
    which of the data set's training images the validation images are (indices, ascending)."""

    train_images: Tensor
    train_targets: Tensor
    validation_images: Tensor
    validation_targets: Tensor
    test_images: Tensor
    classes: int
    validation: Tensor
    chosen: Tensor | None = None

    @property
    def count(self) -> int:
        """How many training images an epoch has."""
        return len(self.train_targets if self.chosen is None else self.chosen)

    def in_batches(self, size: int, drop_last: bool = True) -> int:
        """How many of them are in batches: full ones, or all."""
        return self.count // size * size if drop_last else self.count

    def first(self, count: int) -> tuple[Tensor, Tensor]:
        """The first training images and their targets."""
        index = slice(count) if self.chosen is None else self.chosen[:count]
        return self.train_images[index], self.train_targets[index]

    @cached_property
    def statistics(self) -> dict:
        """What each function of the slot `scaling` goes by, by its name: of the images that are
        trained on, and of no others.

        `zero_centered` as in deck 001: the mean over all pixels, and the maximum once it is
        subtracted.
        """
        images = self.train_images if self.chosen is None else self.train_images[self.chosen]
        # Whole numbers: the same sum on every device.
        mean = int(images.sum(dtype=torch.int64)) / images.numel()
        return {"zero_centered": {"mean": mean, "maximum": int(images.max()) - mean}}

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
    losses and the weights that are kept are float32 throughout), whether the step is
    recorded once and played again, and whether float32 is multiplied in TF32."""

    precision: torch.dtype = torch.float32
    captured: bool = False
    tf32: bool = False

    @property
    def name(self) -> str:
        """What the number format is called."""
        return "tf32" if self.tf32 else str(self.precision).removeprefix("torch.")


FLOAT32 = Arithmetic()


@dataclass
class Member:
    """A trained network: weights by name, the count of trainable values, one history row and one
    row of condensed test predictions [n, ...] per epoch, the predictions [n, ...] at the end,
    also of transformed test images [settings, n, ...] (robustness.py), what went on inside at the
    start and at the end (diagnostics.py), the seconds that its training took, looking inside,
    and the transformed images, and how many images an epoch had."""

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
    images_per_epoch: int
    # Which training images it was validated on, and the statistics of those it was trained on.
    validation: Tensor
    statistics: dict
    # Whether its steps were recorded once and played again.
    recorded: bool = False
    # Its predictions for all training images and its weight in a vote, where others build on them.
    train_predictions: Tensor | None = None
    vote: float | None = None

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
