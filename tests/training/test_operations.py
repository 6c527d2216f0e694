"""How many operations a training step takes, beside a step that is written by hand for the same
networks: on small networks, and on a GPU, that is the time.

Counted by torch's profiler on the CPU, the ones inside others, too.
"""

import warnings

import pytest
import torch
from cases import NAMES, PLAIN, example, random_data, recipe, task_of
from torch import nn
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from stages import tasks
from stages.study.options import options
from stages.training import network
from stages.training.member import FLOAT32, Data
from stages.training.randomness import generator, of_training
from stages.training.step import Step

SHAPE, MOST = (3, 16, 16), 1.15
OF_STEPS = ("activation", "augmentation", "dropout", "network", "normalization", "optimizer",
            "penalty", "scaling")  # fmt: skip
CASES = [(slot, name) for slot, name in NAMES if slot in OF_STEPS]
DATA = {}


def data(task: str) -> Data:
    return DATA.setdefault(task, random_data(SHAPE, task))


def slots_with(slot: str, name: str) -> dict:
    """Slots of few layers, and one name more."""
    given = options(slot, name).model_validate(example(slot, name)).model_dump()
    choice = {name: given}
    return PLAIN | {slot: [choice] if slot == "augmentation" else choice}


def counted(step) -> int:
    """The operations of one step, when there have been others."""
    for _ in range(2):
        step()
    with warnings.catch_warnings(), profile(activities=[ProfilerActivity.CPU]) as found:
        warnings.simplefilter("ignore")
        step()
    return sum(row.count for row in found.key_averages() if row.key.startswith("aten::"))


def ours(slots: dict) -> int:
    task = task_of(slots, SHAPE)
    learned = recipe(slots, task)
    random = of_training(0, 0, "cpu")
    step = Step(learned, data(task), generator(0, 0, "initialization"), random, FLOAT32)
    step.network.train()
    index = torch.arange(10)
    return counted(lambda: step.take(index))


def by_hand(slots: dict) -> int:
    """A step as one would write it: torch's own optimizers, dropout and weight decay, channels
    last."""
    task = tasks.load(task_of(slots, SHAPE))
    images = data(task_of(slots, SHAPE))
    outputs = task.outputs(images.classes)
    random = generator(0, 0, "initialization"), generator(0, 0, "dropout")
    built = with_torchs_dropout(network.build(slots, SHAPE, outputs, *random)).train()
    descend, penalty = optimizer(built, slots), slots.get("penalty", {})
    sums = [torch.zeros(()), torch.zeros((), dtype=torch.float64)]
    index = torch.arange(10)

    def step() -> None:
        inputs, targets = images.train_images[index].float(), images.train_targets[index]
        for choice in slots.get("augmentation", []):
            [(name, given)] = choice.items()
            inputs = AUGMENTATION[name](inputs, **given)
        for name in slots.get("scaling", {}):
            inputs = SCALING[name](inputs, images.statistics.get(name))
        predicted = built(inputs.contiguous(memory_format=torch.channels_last))
        loss = task.loss(predicted, targets)
        if "l1" in penalty:
            strength = penalty["l1"]["strength"]
            loss = loss + strength / 2 * sum(of.abs().sum() for of in built.parameters())
        descend.zero_grad()
        loss.backward()
        descend.step()
        sums[0] += loss.detach()
        sums[1] += task.score(predicted.detach(), targets)

    return counted(step)


def with_torchs_dropout(built: nn.Module) -> nn.Module:
    for module in list(built.modules()):
        for name, child in list(module.named_children()):
            if type(child).__name__ == "_Dropout":
                torchs = nn.Dropout2d if child.of_maps else nn.Dropout
                setattr(module, name, torchs(child.rate))
    return built


def optimizer(built: nn.Module, slots: dict) -> torch.optim.Optimizer:
    [(name, given)] = slots["optimizer"].items()
    given = {"lr" if key == "learning_rate" else key: value for key, value in given.items()}
    decay = slots.get("penalty", {}).get("l2", {}).get("strength", 0)
    make = torch.optim.Adam if name == "adam" else torch.optim.SGD
    nesterov = {"nesterov": True} if name == "nesterov" else {}
    return make(built.parameters(), **given, **nesterov, weight_decay=decay, fused=True)


def drawn(images, low, high, *each):
    return torch.rand(len(images), *each) * (high - low) + low


def warped(images, matrix, shift):
    places = F.affine_grid(
        torch.cat([matrix, shift[:, :, None]], dim=2), list(images.shape), align_corners=False
    )
    return F.grid_sample(images, places, align_corners=False)


def translated(images, pixels):
    shift = drawn(images, -pixels, pixels, 2) * (2 / images.shape[2])
    return warped(images, torch.eye(2).expand(len(images), 2, 2), shift)


def rotated(images, degrees):
    angles = drawn(images, -degrees, degrees) * (torch.pi / 180)
    cosine, sine = angles.cos(), angles.sin()
    matrix = torch.stack([cosine, -sine, sine, cosine], dim=1).view(-1, 2, 2)
    return warped(images, matrix, torch.zeros(len(images), 2))


def scaled(images, factor):
    matrix = torch.eye(2) / drawn(images, 1 - factor, 1 + factor)[:, None, None]
    return warped(images, matrix, torch.zeros(len(images), 2))


def cropped(images, padding):
    padded, side = F.pad(images, [padding] * 4), images.shape[2]
    places = torch.randint(2 * padding + 1, (len(images), 2)).tolist()
    cut = [
        image[:, top : top + side, left : left + side]
        for image, (top, left) in zip(padded, places, strict=True)
    ]
    return torch.stack(cut)


AUGMENTATION = {
    "flip": lambda images, probability: torch.where(
        (torch.rand(len(images)) < probability)[:, None, None, None], images.flip(3), images
    ),
    "crop": cropped,
    "translate": translated,
    "rotate": rotated,
    "scale": scaled,
    "brightness": lambda images, factor: (
        images * drawn(images, 1 - factor, 1 + factor)[:, None, None, None]
    ).clamp(0, 255),
}
SCALING = {
    "zero_to_one": lambda images, _: images / 255,
    "zero_centered": lambda images, known: (images - known["mean"]) / known["maximum"],
}


@pytest.mark.parametrize(("slot", "name"), CASES)
def test_a_step_takes_few_more_operations_than_by_hand(slot, name):
    slots = slots_with(slot, name)
    found, expected = ours(slots), by_hand(slots)
    assert found <= MOST * expected, f"{found} operations, {expected} by hand"


def test_all_at_once():
    slots = PLAIN | {
        "network": {"deeper": {"width": 2}},
        "optimizer": {"adam": {"learning_rate": 0.01, "eps": 1e-8}},
        "normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}},
        "dropout": {"standard": {"rate": 0.5}},
        "penalty": {"l2": {"strength": 0.01}},
        "scaling": {"zero_centered": {}},
        "augmentation": [{"translate": {"pixels": 1.0}}, {"rotate": {"degrees": 9.0}},
                         {"scale": {"factor": 0.1}}, {"brightness": {"factor": 0.1}}],
    }  # fmt: skip
    found, expected = ours(slots), by_hand(slots)
    assert found <= MOST * expected, f"{found} operations, {expected} by hand"
