"""Small recipes and data that several tests share."""

import copy

import torch

from stages.study.options import options
from stages.techniques.options import slots
from stages.training import network
from stages.training.member import Data

PLAIN = {
    "network": {"basic": {"width": 2}},
    "activation": {"relu": {}},
    "initialization": {"xavier_uniform": {"bias": 0.0}},
    "optimizer": {"sgd": {"learning_rate": 0.01}},
}
FULL = PLAIN | {
    "optimizer": {"adam": {"learning_rate": 0.01, "eps": 1e-8}},
    "normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}},
    "dropout": {"standard": {"rate": 0.5}},
    "augmentation": [{"translate": {"pixels": 1.0}}, {"flip": {"probability": 0.5}}],
    "schedule": {"plateau": {"factor": 0.5, "patience": 0, "better": 0.1, "warm_up": 1}},
    "stopping": {"early": {"patience": 3}},
}
# Of each task slots that can learn it.
OF_TASKS = {
    "classification": PLAIN,
    "segmentation": PLAIN | {"network": {"fcn": {"width": 2}}},
    "super_resolution": PLAIN
    | {"network": {"super_resolution": {"width": 2}}, "scaling": {"zero_to_one": {}}},
}
NAMES = [(slot, name) for slot, names in slots().items() for name in names]


def recipe(slots: dict, task: str = "classification", **budget) -> dict:
    """A recipe for `random_data`, one epoch of one batch unless `budget` says otherwise."""
    return {
        "task": task,
        "slots": slots,
        "budget": {"epochs": 1, "batch_size": 10, "seed": 0} | budget,
    }


def task_of(slots: dict, shape: tuple[int, int, int]) -> str:
    """The task whose form the outputs of a network have."""
    channels = shape[0]
    form = network.form(slots, shape, channels)
    by_form = {(channels,): "classification", shape: "segmentation"}
    return by_form.get(form, "super_resolution")


def random_data(shape: tuple[int, int, int], task: str = "classification") -> Data:
    """Ten random images for each part, with what the task learns of them."""
    random = torch.Generator().manual_seed(0)
    images = torch.randint(256, (10, *shape), generator=random).to(torch.uint8)
    labels, classes = learned(task, images, random)
    every = torch.arange(len(images))
    return Data(images, labels // 2, images, labels // 2, images, classes, every)


def learned(task: str, images: torch.Tensor, random: torch.Generator) -> tuple[torch.Tensor, int]:
    """What a task could learn of images [N, C, H, W], and of how many classes, or channels."""
    count, channels, height, width = images.shape
    if task == "classification":
        return torch.arange(count) % 10, 10
    larger = task == "super_resolution"
    shape = (count, channels, 2 * height, 2 * width) if larger else (count, height, width)
    drawn = torch.randint(256 if larger else 10, shape, generator=random).to(torch.uint8)
    return drawn, channels if larger else 10


def narrow(slots: dict) -> dict:
    """The same slots with a network two filters wide."""
    [(name, given)] = slots["network"].items()
    return slots | {"network": {name: given | ({"width": 2} if "width" in given else {})}}


def example(slot: str, name: str) -> dict:
    """Options that the name allows: its defaults, and 0.5 or 2 where it has none."""
    fields = options(slot, name).model_fields
    return {
        key: (2 if field.annotation is int else 0.5) if field.is_required() else field.default
        for key, field in fields.items()
    }


def everything(member, seen: bool = True) -> bytes:
    """All that a member is, but for measured times; without what was seen inside unless `seen`."""
    predictions = (
        member.validation_predictions,
        member.test_predictions,
        member.robustness_predictions,
    )
    tensors = [*member.weights.values(), *member.epoch_predictions, *predictions]
    return (
        b"".join(tensor.cpu().numpy().tobytes() for tensor in tensors)
        + repr([member.history, *([member.layers, member.histograms] if seen else [])]).encode()
    )


class Kept(dict):
    """The states of members, by their number: copies, as files would be."""

    def load(self, member: int) -> dict | None:
        return self.get(member)

    def save(self, member: int, state: dict) -> None:
        self[member] = copy.deepcopy(state)
