"""The training loop: a recipe and images in, a trained member with its history and predictions out.

Images stay uint8 [N, C, H, W] on the device that trains; a batch is an index into them. Nothing is read back from the device before an
epoch has ended. Every random number comes from a generator of its own (stages/randomness.py).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stages.randomness import generator
from stages.techniques import bind
from stages.techniques.network import Parts

PREDICTION_BATCH = 512


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


@dataclass
class Member:
    """A trained network: weights by name, the count of trainable values, one history row and one test argmax [n] per epoch, and the
    probabilities [n, classes] at the end."""

    weights: dict[str, Tensor] = field(default_factory=dict)
    trainable: int = 0
    history: list[dict] = field(default_factory=list)
    epoch_argmax: list[Tensor] = field(default_factory=list)
    validation_probabilities: Tensor | None = None
    test_probabilities: Tensor | None = None


def train_member(recipe: dict, data: Data, member: int, on_epoch: Callable[[dict], None] = lambda row: None) -> Member:
    """Train member number `member` of a resolved recipe on the device where `data` lies; `on_epoch` is given each row of the history."""
    slots, budget, device = recipe["slots"], recipe["budget"], data.train_images.device.type
    random = {purpose: generator(budget["seed"], member, purpose, device) for purpose in ("order", "augmentation", "dropout")}
    network = build_network(slots, data, random["dropout"], generator(budget["seed"], member, "initialization"))
    optimizer = bind("optimizer", slots["optimizer"])(network.parameters())
    prepared, scaled = _preparation(slots, data.statistics, random["augmentation"])
    penalty = bind("penalty", slots["penalty"]) if "penalty" in slots else None
    schedule = bind("schedule", slots["schedule"]) if "schedule" in slots else lambda epoch, losses: 1.0
    stopping = Stopping(bind("stopping", slots["stopping"])) if "stopping" in slots else None
    [base_rate] = [group["lr"] for group in optimizer.param_groups]

    result, losses = Member(trainable=sum(p.numel() for p in network.parameters())), []
    for epoch in range(budget["epochs"]):
        optimizer.param_groups[0]["lr"] = base_rate * schedule(epoch, losses)
        row = {"member": member, "epoch": epoch + 1, "learning_rate": optimizer.param_groups[0]["lr"]}
        batches = _batches(len(data.train_labels), budget["batch_size"], random["order"])
        row |= _train_epoch(network, optimizer, penalty, prepared, data, batches)
        row |= _validate(network, scaled, data)
        result.history.append(row)
        result.epoch_argmax.append(predict(network, data.test_images, scaled).argmax(dim=1))
        on_epoch(row)
        losses.append(_comparable(row["validation_loss"]))
        if stopping is not None and stopping.ends(network, losses):
            break
    if stopping is not None and losses:
        network.load_state_dict(stopping.best)
    result.validation_probabilities = predict(network, data.validation_images, scaled)
    result.test_probabilities = predict(network, data.test_images, scaled)
    result.weights = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    return result


@dataclass
class Stopping:
    """Watches the validation losses of a member that may stop before its budget ends; `best` are the weights of the lowest one."""

    rule: Callable[[list[float]], bool]
    best: dict[str, Tensor] = field(default_factory=dict)

    def ends(self, network: nn.Module, losses: list[float]) -> bool:
        """Whether to stop after the epoch of the last of `losses`; keeps that epoch's weights where it is the lowest."""
        if losses.index(min(losses)) == len(losses) - 1:
            self.best = {name: value.detach().clone() for name, value in network.state_dict().items()}
        return self.rule(losses)


def _comparable(loss: float | None) -> float:
    """A validation loss as a number that can be compared: infinite where there is none, or where the member has diverged."""
    return math.inf if loss is None or math.isnan(loss) else loss


def _train_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    penalty: Callable | None,
    prepared: Callable[[Tensor], Tensor],
    data: Data,
    batches: list[Tensor],
) -> dict:
    """One step per batch of indices; mean loss and accuracy as they were on the way, in training mode."""
    network.train()
    parameters = list(network.parameters())
    loss_sum = torch.zeros((), device=data.train_images.device)
    correct = torch.zeros((), dtype=torch.int64, device=data.train_images.device)
    for index in batches:
        labels = data.train_labels[index]
        logits = network(prepared(data.train_images[index]))
        loss = F.cross_entropy(logits, labels)
        if penalty is not None:
            loss = loss + penalty(parameters)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss_sum += loss.detach()
        correct += (logits.detach().argmax(dim=1) == labels).sum()
    images = sum(len(index) for index in batches)
    return {"train_loss": loss_sum.item() / len(batches), "train_accuracy": correct.item() / images}


def build_network(slots: dict, data: Data, dropout_generator: torch.Generator, start_generator: torch.Generator) -> nn.Module:
    """The network of a recipe with its starting values, drawn on the CPU so that they are the same for every device."""
    parts = Parts(
        activation=bind("activation", slots["activation"]),
        normalization=bind("normalization", slots["normalization"]) if "normalization" in slots else None,
        dropout=(lambda: bind("dropout", slots["dropout"])(dropout_generator)) if "dropout" in slots else None,
    )
    network = bind("network", slots["network"])(tuple(data.train_images.shape[1:]), data.classes, parts)
    fill = bind("initialization", slots["initialization"])
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            fill(layer, start_generator)
    return network.to(data.train_images.device, memory_format=torch.channels_last)


@torch.no_grad()
def predict(network: nn.Module, images: Tensor, scaled: Callable[[Tensor], Tensor]) -> Tensor:
    """Probabilities [N, classes] of uint8 images [N, C, H, W], in evaluation mode."""
    network.eval()
    parts = [F.softmax(network(scaled(part)), dim=1) for part in images.split(PREDICTION_BATCH)]
    return torch.cat(parts)


def _preparation(slots: dict, statistics: dict, random: torch.Generator) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
    """What becomes of uint8 images [B, C, H, W] before a network sees them: in training (varied, then scaled), and elsewhere (scaled)."""
    scale = bind("scaling", slots["scaling"]) if "scaling" in slots else lambda images, statistics: images
    augment = [bind("augmentation", choice) for choice in slots.get("augmentation", [])]

    def scaled(images: Tensor) -> Tensor:
        # Convolutions are faster where the channels of a pixel lie side by side.
        return scale(images.float(), statistics).contiguous(memory_format=torch.channels_last)

    def prepared(images: Tensor) -> Tensor:
        varied = images.float()
        for vary in augment:
            varied = vary(varied, random)
        return scaled(varied)

    return prepared, scaled


def _batches(count: int, size: int, random: torch.Generator) -> list[Tensor]:
    """Indices of one epoch's full batches in random order; the last, incomplete one is left out, as in deck 001."""
    order = torch.randperm(count, generator=random, device=random.device)
    return list(order[: count // size * size].split(size))


def _validate(network: nn.Module, scaled: Callable[[Tensor], Tensor], data: Data) -> dict:
    if len(data.validation_labels) == 0:
        return {"validation_loss": None, "validation_accuracy": None}
    probabilities = predict(network, data.validation_images, scaled)
    right = probabilities.argmax(dim=1) == data.validation_labels
    loss = F.nll_loss(probabilities.clamp_min(1e-12).log(), data.validation_labels)
    return {"validation_loss": loss.item(), "validation_accuracy": right.double().mean().item()}
