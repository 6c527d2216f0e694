"""One update of a network's weights: what a batch goes through, from
pixels to the optimizer's step.

Images stay uint8 [N, C, H, W] on the device that trains; a batch is an index into them. Nothing is
read back from the device before an epoch has ended.
"""

from collections.abc import Callable
from functools import partial, reduce
from itertools import groupby

import torch
from torch import Generator, Tensor, nn

from stages import tasks
from stages.compute.cuda_graph import Captured
from stages.compute.image_transforms import Warp, warped
from stages.compute.torch_patches import bare_step
from stages.techniques import bind
from stages.training import network, trainable
from stages.training.member import Arithmetic, Data
from stages.training.sums import AFTER_STEP, Sums


class Step:
    """A recipe's network with all that changes it, on the device where `data` lies, and what the
    steps of an epoch have summed up."""

    def __init__(
        self,
        recipe: dict,
        data: Data,
        start: Generator,
        random: dict[str, Generator],
        arithmetic: Arithmetic,
    ):
        slots = recipe["slots"]
        self.data, self.random, self.arithmetic = data, random, arithmetic
        self.task = tasks.load(recipe["task"])
        self.network = network.build(
            slots, data.shape, self.task.outputs(data.classes), start, random["dropout"]
        )
        self.parameters = [p for p in self.network.parameters() if p.requires_grad]
        self.optimizer, self.shares = trainable.optimizer(self.network, recipe)
        self.take_step = bare_step(self.optimizer)
        self.base_rate = self.optimizer.defaults["lr"]
        self.augmented = augmentation(slots, random["augmentation"])
        self.scaled = network.scaling(slots, data.statistics)
        self.penalty = bind("penalty", slots["penalty"])() if "penalty" in slots else None
        self.batch_size, budget = recipe["budget"]["batch_size"], recipe["budget"]
        self.before = Sums(self.task, self.batch_size, data.device)
        self.after = Sums(self.task, self.batch_size, data.device)
        self.evaluates = budget.get("evaluate_after_step", False)
        self.recorded = _captured(self) if arithmetic.captured else None

    def update(self, index: Tensor) -> None:
        """One update of the weights by the images of `index`, recorded or as it is; what has been
        recorded is of a full batch."""
        recorded = self.recorded if len(index) == self.batch_size else None
        (recorded or self.take)(index)

    def take(self, index: Tensor) -> None:
        """One update of the weights by the images of `index`; loss and score are summed up as they
        are on the way, in training mode."""
        targets = self.data.train_targets[index]
        logits = self.logits(
            self.network, self.scaled(self.augmented(self.data.train_images[index]))
        )
        loss = self.task.loss(logits, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.penalty is not None:
            with torch.no_grad():
                self.penalty.add_to_gradients(self.parameters)
        self.take_step()
        self.before.add(loss, logits, targets)
        if self.evaluates:
            self._evaluate(index)

    @torch.no_grad()
    def _evaluate(self, index: Tensor) -> None:
        """Sum up what the images of `index` come to after the step, as deck 001 measures training:
        in evaluation mode, the images as they are."""
        self.network.eval()
        images, targets = self.data.train_images[index], self.data.train_targets[index]
        logits = self.logits(self.network, self.scaled(images))
        self.after.add(self.task.loss(logits, targets), logits, targets)
        trainable.in_training(self.network)

    def logits(self, module: nn.Module, inputs: Tensor) -> Tensor:
        """The outputs of a network for scaled images [B, C, H, W] in the
        recipe's precision: float32."""
        return network.logits(module, inputs, self.arithmetic.precision)

    def predict(self, images: Tensor) -> Tensor:
        """The predictions for uint8 images, or floats 0..255, [N, C, H, W]."""
        return network.predictions(
            self.network, images, self.scaled, self.arithmetic.precision, self.task.predictions
        )

    def set_rate(self, factor: float) -> float:
        """Set the learning rate to `factor` times the optimizer's own, and return it; what has a
        share of it gets that."""
        rate = self.base_rate * factor
        for group, share in zip(self.optimizer.param_groups, self.shares, strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate * share)
            else:
                group["lr"] = rate * share
        return rate

    def measured(self, images: int) -> dict[str, float]:
        """What an epoch of so many images has come to, by the names of the history's columns."""
        found = self.before.measured(images)
        found["train_loss_with_penalty"] = found["train_loss"] + self._penalized()
        return found | (self.after.measured(images, AFTER_STEP) if self.evaluates else {})

    @torch.no_grad()
    def _penalized(self) -> float:
        """What the weights, as they are now, add to the loss."""
        return 0.0 if self.penalty is None else self.penalty.value(self.parameters).item()

    def forget_sums(self) -> None:
        """Begin an epoch's sums."""
        for of in self._sums():
            of.zero_()

    def _sums(self) -> tuple[Tensor, ...]:
        after = (self.after.loss, self.after.score) if self.evaluates else ()
        return self.before.loss, self.before.score, *after

    def state(self) -> dict:
        """All of it that a later step depends on, but for the random numbers."""
        network, optimizer = self.network.state_dict(), self.optimizer.state_dict()
        return {"network": network, "optimizer": optimizer, "sums": self._sums()}

    def restore(self, state: dict) -> None:
        """Go on from a state."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        for own, kept in zip(self._sums(), state["sums"], strict=True):
            own.copy_(kept)


def _captured(step: Step) -> Captured:
    """The update, recorded. What changes between steps must then lie on the
    device: the learning rate, too."""
    for group in step.optimizer.param_groups:
        group["lr"] = torch.tensor(group["lr"], device=step.data.device)
        if "capturable" in group:
            group["capturable"] = True
    drawn_from = [generator for purpose, generator in step.random.items() if purpose != "order"]
    return Captured(step.take, drawn_from)


def augmentation(slots: dict, random: Generator) -> Callable[[Tensor], Tensor]:
    """How training images, uint8 [B, C, H, W], are varied: floats 0..255 of the same shape."""
    variations = [bind("augmentation", choice) for choice in slots.get("augmentation", [])]
    # Warps that follow each other, and what lies between them.
    parts = [(warps, list(part)) for warps, part in groupby(variations, _is_warp)]

    def varied(images: Tensor) -> Tensor:
        images = images.float()
        for warps, part in parts:
            if warps:
                images = warped(images, *(vary(images, random) for vary in part))
            else:
                images = reduce(lambda of, vary: vary(of, random), part, images)
        return images

    return varied


def _is_warp(vary: partial) -> bool:
    return vary.func.__annotations__.get("return") is Warp
