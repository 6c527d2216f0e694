"""The training loop: a recipe and images in, a trained member with its history and predictions out.

Images stay uint8 [N, C, H, W] on the device that trains; a batch is an index into them. Nothing is read back from the device before an
epoch has ended. Every random number comes from a generator of its own (stages/randomness.py).
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stages import diagnostics, distortions, networks
from stages.capture import Captured
from stages.randomness import generator
from stages.techniques import bind
from stages.torch_patches import bare_step

# A state is kept at the end of an epoch where the last one is this many seconds old, and within a long epoch after so many.
BETWEEN_EPOCHS, WITHIN_AN_EPOCH = 1, 50
# Where writing one takes long, it is kept so much more seldom that it takes a twentieth of the time, but at least after so many seconds.
SHARE_OF_TIME, AT_LEAST_AFTER = 1 / 20, 5


@dataclass(frozen=True)
class Data:
    """What a member is trained on: uint8 images [N, C, H, W], int64 labels [N], and the pixel statistics of the training images."""

    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    test_images: Tensor
    statistics: dict
    classes: int

    @property
    def device(self) -> torch.device:
        """Where the images lie, and the training takes place."""
        return self.train_images.device


@dataclass(frozen=True)
class Arithmetic:
    """How a step is computed: the number format of the layers' inputs and weights (sums, losses and the weights that are kept are float32
    throughout), and whether the step is recorded once and played again."""

    precision: torch.dtype = torch.float32
    captured: bool = False


@dataclass
class Member:
    """A trained network: weights by name, the count of trainable values, one history row and one test argmax [n] per epoch, the
    probabilities [n, classes] at the end, also of distorted test images [settings, n, classes] (stages/distortions.py), what went on
    inside at the start and at the end (stages/diagnostics.py), and the seconds that its training took, looking inside, and distorting."""

    weights: dict[str, Tensor]
    trainable: int
    history: list[dict]
    epoch_argmax: list[Tensor]
    validation_probabilities: Tensor
    test_probabilities: Tensor
    distorted_probabilities: Tensor
    layers: list[dict]
    histograms: list[dict]
    seconds: float
    diagnostics_seconds: float
    distortions_seconds: float


class Training:
    """One member of a resolved recipe on its way, on the device where `data` lies.

    Everything that a later step depends on is in `state()`, so that a training can go on from there and end in the same bytes.
    """

    def __init__(self, recipe: dict, data: Data, member: int, arithmetic: Arithmetic):
        slots, self.budget, self.arithmetic = recipe["slots"], recipe["budget"], arithmetic
        seed, self.data, self.member = self.budget["seed"], data, member
        self.random = {purpose: generator(seed, member, purpose, data.device.type) for purpose in ("order", "augmentation", "dropout")}
        shape, start = data.train_images.shape[1:], generator(seed, member, "initialization")
        self.network = networks.build(slots, shape, data.classes, start, self.random["dropout"])
        self.parameters = list(self.network.parameters())
        self.optimizer = bind("optimizer", slots["optimizer"])(self.parameters)
        self.take_step = bare_step(self.optimizer)
        [self.base_rate] = [group["lr"] for group in self.optimizer.param_groups]
        self.varied, self.scaled = _augmentation(slots, self.random["augmentation"]), networks.scaling(slots, data.statistics)
        self.penalty = bind("penalty", slots["penalty"]) if "penalty" in slots else None
        self.schedule = bind("schedule", slots["schedule"]) if "schedule" in slots else lambda epoch, losses: 1.0
        self.stops = bind("stopping", slots["stopping"]) if "stopping" in slots else None
        self.history: list[dict] = []
        self.epoch_argmax: list[Tensor] = []
        self.answers: tuple[Tensor, Tensor] | None = None
        self.best: dict[str, Tensor] | None = None
        self.layers: list[dict] = []
        self.histograms: list[dict] = []
        self.seconds = self.diagnostics_seconds = 0.0
        self.loss_sum = torch.zeros((), device=data.device)
        self.correct = torch.zeros((), dtype=torch.int64, device=data.device)
        self.recorded = _captured(self) if arithmetic.captured else None
        self._look_inside("start")
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.order_before = self.random["order"].get_state()
        self.step = 0
        self.loss_sum.zero_()
        self.correct.zero_()

    @property
    def losses(self) -> list[float]:
        """The validation losses of the epochs so far, as numbers that can be compared: infinite where it is missing or not a number."""
        losses = [row["validation_loss"] for row in self.history]
        return [math.inf if loss is None or math.isnan(loss) else loss for loss in losses]

    @property
    def ended(self) -> bool:
        """Whether the budget is used up, or the rule for stopping says so."""
        used_up = len(self.history) >= self.budget["epochs"]
        return used_up or (self.stops is not None and len(self.history) > 0 and self.stops(self.losses))

    def epoch(self, after_step: Callable[[], None] = lambda: None) -> dict:
        """Train to the end of the epoch, judge what has been learned, and return the epoch's row of the history."""
        rate = self.base_rate * self.schedule(len(self.history), self.losses)
        _set_rate(self.optimizer, rate)
        batches = _batches(len(self.data.train_labels), self.budget["batch_size"], self.random["order"])
        self.network.train()
        update = self.recorded or self._update
        for index in batches[self.step :]:
            update(index)
            self.step += 1
            after_step()
        row = {"member": self.member, "epoch": len(self.history) + 1, "learning_rate": rate}
        row |= {"train_loss": self.loss_sum.item() / len(batches), "train_accuracy": self.correct.item() / sum(map(len, batches))}
        validation, test = self.answers = self._asked()
        self.history.append(row | _judged(validation, self.data.validation_labels))
        # In bytes, because each checkpoint holds those of all epochs.
        self.epoch_argmax.append(test.argmax(dim=1).to(torch.uint8))
        if self.stops is not None and self.losses.index(min(self.losses)) == len(self.losses) - 1:
            self.best = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self._begin_epoch()
        return self.history[-1]

    def _update(self, index: Tensor) -> None:
        """One update of the weights by the images of `index`; loss and accuracy are summed up as they are on the way, in training mode."""
        labels = self.data.train_labels[index]
        logits = self.logits(self.network, self.scaled(self.varied(self.data.train_images[index])))
        loss = F.cross_entropy(logits, labels)
        if self.penalty is not None:
            loss = loss + self.penalty(self.parameters)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.take_step()
        self.loss_sum += loss.detach()
        self.correct += (logits.detach().argmax(dim=1) == labels).sum()

    def logits(self, network: nn.Module, inputs: Tensor) -> Tensor:
        """What a network says of scaled images [B, C, H, W] in the recipe's precision: float32 [B, classes]."""
        return networks.logits(network, inputs, self.arithmetic.precision)

    def predict(self, images: Tensor) -> Tensor:
        """Probabilities [N, classes] of uint8 images [N, C, H, W]."""
        return networks.probabilities(self.network, images, self.scaled, self.arithmetic.precision)

    def _asked(self) -> tuple[Tensor, Tensor]:
        """What the network, as it is now, says of the validation and of the test images: probabilities [n, classes]."""
        return self.predict(self.data.validation_images), self.predict(self.data.test_images)

    def state(self) -> dict:
        """All that the rest of the training depends on."""
        random = {purpose: generator.get_state() for purpose, generator in self.random.items()}
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            # The batches of an epoch that has begun are drawn again.
            "random": random | {"order": self.order_before},
            "history": self.history,
            "epoch_argmax": self.epoch_argmax,
            "best": self.best,
            "step": self.step,
            "sums": (self.loss_sum, self.correct),
            "seconds": self.seconds,
        }

    def restore(self, state: dict) -> None:
        """Go on from a state of the same recipe, data and member."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        for purpose, value in state["random"].items():
            self.random[purpose].set_state(value)
        self.history, self.epoch_argmax, self.best = state["history"], state["epoch_argmax"], state["best"]
        self.answers = None
        self._begin_epoch()
        self.step, self.seconds = state["step"], state["seconds"]
        for own, kept in zip((self.loss_sum, self.correct), state["sums"], strict=True):
            own.copy_(kept)

    def result(self) -> Member:
        """The trained member; where it could have stopped early, with the weights of its lowest validation loss."""
        if self.best is not None:
            self.network.load_state_dict(self.best)
            self.answers = None
        # It holds this training, as this training holds it: the memory of both would be kept until someone looks for such circles.
        self.recorded = None
        self._look_inside("end")
        validation, test = (probabilities.cpu() for probabilities in self.answers or self._asked())
        began, shown = time.monotonic(), slice(distortions.IMAGES)
        distorted = distortions.probabilities(self.predict, self.data.test_images[shown], test[shown])
        distortions_seconds = time.monotonic() - began
        return Member(
            weights={name: value.detach().cpu().contiguous() for name, value in self.network.state_dict().items()},
            trainable=sum(p.numel() for p in self.parameters),
            history=self.history,
            epoch_argmax=self.epoch_argmax,
            validation_probabilities=validation,
            test_probabilities=test,
            distorted_probabilities=distorted,
            layers=self.layers,
            histograms=self.histograms,
            seconds=self.seconds,
            diagnostics_seconds=self.diagnostics_seconds,
            distortions_seconds=distortions_seconds,
        )

    def _look_inside(self, moment: str) -> None:
        """Note what the layers make of the first training images, as they are."""
        began, data, count = time.monotonic(), self.data, diagnostics.PICTURES
        shown = self.scaled(data.train_images[:count]), data.train_labels[:count]
        layers, bins = diagnostics.layers(self.network, self.logits, *shown, binned=self.member == 0)
        self.layers += [{"member": self.member, "moment": moment} | row for row in layers]
        self.histograms += [{"member": self.member, "moment": moment} | row for row in bins]
        self.diagnostics_seconds += time.monotonic() - began


class Watcher(Protocol):
    """Who is told how a training goes."""

    def start(self, training: Training) -> None:
        """It is about to begin, or to go on from a checkpoint."""

    def epoch(self, row: dict) -> None:
        """An epoch has ended; `row` is its row of the history."""


def train_member(
    recipe: dict,
    data: Data,
    member: int,
    arithmetic: Arithmetic = Arithmetic(),
    watchers: Iterable[Watcher] = (),
    saved: dict | None = None,
    save: Callable[[dict], None] = lambda state: None,
) -> Member:
    """Train member number `member` of a resolved recipe; `watchers` are told how it goes.

    From time to time `save` is given a state; given back as `saved`, the training goes on from there, and ends in the same bytes.
    """
    training, kept, took = Training(recipe, data, member, arithmetic), time.monotonic(), 0.0
    if saved is not None:
        training.restore(saved)
    for watcher in watchers:
        watcher.start(training)

    def keep(after_seconds: float) -> None:
        nonlocal kept, took
        now = time.monotonic()
        if now - kept >= after_seconds:
            training.seconds += now - kept
            save(training.state())
            kept, took = now, time.monotonic() - now

    while not training.ended:
        row = training.epoch(after_step=lambda: keep(WITHIN_AN_EPOCH))
        for watcher in watchers:
            watcher.epoch(row)
        keep(0 if training.ended else max(BETWEEN_EPOCHS, min(took / SHARE_OF_TIME, AT_LEAST_AFTER)))
    return training.result()


def _captured(training: Training) -> Captured:
    """The training's update, recorded. What changes between steps must then lie on the device: the learning rate, too."""
    for group in training.optimizer.param_groups:
        group["lr"] = torch.tensor(group["lr"], device=training.data.device)
        if "capturable" in group:
            group["capturable"] = True
    drawn_from = [generator for purpose, generator in training.random.items() if purpose != "order"]
    return Captured(training._update, drawn_from)


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def _augmentation(slots: dict, random: torch.Generator) -> Callable[[Tensor], Tensor]:
    """How training images, uint8 [B, C, H, W], are varied: floats 0..255 of the same shape."""
    variations = [bind("augmentation", choice) for choice in slots.get("augmentation", [])]

    def varied(images: Tensor) -> Tensor:
        images = images.float()
        for vary in variations:
            images = vary(images, random)
        return images

    return varied


def _judged(probabilities: Tensor, labels: Tensor) -> dict:
    """Loss and accuracy of validation images, by the names of the history's columns; None where there are none."""
    if len(labels) == 0:
        return {"validation_loss": None, "validation_accuracy": None}
    loss = F.nll_loss(probabilities.clamp_min(1e-12).log(), labels)
    return {"validation_loss": loss.item(), "validation_accuracy": (probabilities.argmax(dim=1) == labels).double().mean().item()}


def _batches(count: int, size: int, random: torch.Generator) -> list[Tensor]:
    """Indices of one epoch's full batches in random order; the last, incomplete one is left out, as in deck 001."""
    order = torch.randperm(count, generator=random, device=random.device)
    return list(order[: count // size * size].split(size))
