"""The images and targets that a member sees: put on the device, split, chosen, drawn in batches."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor

from stages import files, tasks
from stages.command import Problem
from stages.techniques import bind
from stages.training.member import Data
from stages.training.randomness import generator


def load(paths: dict[str, Path], recipe: dict, device: torch.device) -> Data:
    """The images of a rung on the training device; of the training images the budget's share is
    for validation, or none where the slot `split` chooses.

    `paths` names the files train_images, train_labels and test_images (.npy), and classes (JSON).
    """
    images, labels, test_images = (
        torch.from_numpy(np.load(paths[name]))
        for name in ("train_images", "train_labels", "test_images")
    )
    targets, budget = tasks.load(recipe["task"]).targets(images, labels), recipe["budget"]
    share = 0 if "split" in recipe["slots"] else budget["validation"]
    training, validation = _split(targets, share, generator(budget["seed"], 0, "validation"))
    return Data(
        train_images=images[training].to(device),
        train_targets=targets[training].to(device),
        validation_images=images[validation].to(device),
        validation_targets=targets[validation].to(device),
        test_images=test_images.to(device),
        classes=len(files.read_json(paths["classes"])["names"]),
        validation=validation.to(device),
    )


def _split(targets: Tensor, share: float, random: Generator) -> tuple[Tensor, Tensor]:
    """Indices, ascending, for training and for validation: a `share` of the images, drawn by
    chance, of each class as large (to one image), where targets are classes."""
    order = torch.randperm(len(targets), generator=random)
    if targets.ndim == 1 and not targets.is_floating_point():
        order = order[targets[order].argsort(stable=True)]
    count = round(len(targets) * share)
    places = (torch.arange(count, dtype=torch.float64) + 0.5) * len(targets) / max(count, 1)
    held_out = torch.zeros(len(targets), dtype=torch.bool)
    held_out[order[places.long()]] = True
    return (~held_out).nonzero()[:, 0], held_out.nonzero()[:, 0]


def of_member(data: Data, recipe: dict, member: int, weights: Tensor | None = None) -> Data:
    """What one member sees of a rung's data: its own `split`, what the slot `sampling` takes of the
    rest; and of that as many images again, drawn by their `weights`, where these are given.

    Raises Problem where a batch is larger than that, or the last one a single image to normalize.
    """
    slots, budget = recipe["slots"], recipe["budget"]
    seed = budget["seed"]
    shared, own = generator(seed, 0, "sampling"), generator(seed, member, "resampling")
    if "split" in slots:
        split = bind("split", slots["split"])
        data = _validated_on(data, *split(data.train_targets.cpu(), member, shared))
    if "sampling" in slots:
        choose, (_, targets) = bind("sampling", slots["sampling"]), data.first(data.count)
        data = _among(data, choose(targets.cpu(), shared, own))
    if weights is not None:
        data = _among(data, torch.multinomial(weights, data.count, replacement=True, generator=own))
    _refuse_larger(budget["batch_size"], data.count)
    if "normalization" in slots and not _drops_last(budget):
        _refuse_one_left(budget["batch_size"], data.count)
    return data


def _validated_on(data: Data, chosen: Tensor, held_out: Tensor) -> Data:
    held_out = held_out.to(data.device)
    return replace(
        data,
        validation_images=data.train_images[held_out],
        validation_targets=data.train_targets[held_out],
        chosen=chosen.to(data.device),
        validation=held_out,
    )


def _among(data: Data, index: Tensor) -> Data:
    """The data with those at `index` of the images that are chosen already."""
    index = index.to(data.device)
    return replace(data, chosen=index if data.chosen is None else data.chosen[index])


def _refuse_larger(batch: int, images: int) -> None:
    if batch > images:
        found = f"found {batch}, but there are {images} training images"
        raise Problem(f"budget.batch_size: {found}; lower it")


def _refuse_one_left(batch: int, images: int) -> None:
    if images % batch == 1:
        found = f"of {images} training images, batches of {batch} leave one to normalize alone"
        raise Problem(f"budget.drop_last: {found}; say true, or take another batch_size")


def of_budget(data: Data, budget: dict, random: Generator) -> list[Tensor]:
    """Indices of one epoch's batches, as a recipe's budget has them."""
    shuffle = budget.get("shuffle", True)
    return batches(data, budget["batch_size"], random, shuffle, _drops_last(budget))


def images_per_epoch(data: Data, budget: dict) -> int:
    """How many training images are in these batches."""
    return data.in_batches(budget["batch_size"], _drops_last(budget))


def _drops_last(budget: dict) -> bool:
    # What is as usual stands in no recipe.
    return budget.get("drop_last", True)


def batches(
    data: Data, size: int, random: Generator, shuffle: bool = True, drop_last: bool = True
) -> list[Tensor]:
    """Indices of one epoch's batches in random order, or, where they don't `shuffle`, in that of
    the data; the last, incomplete one is left out, as in deck 001, unless told otherwise."""
    drawn = torch.randperm(data.count, generator=random) if shuffle else torch.arange(data.count)
    order = drawn.to(data.device)
    order = order if data.chosen is None else data.chosen[order]
    return list(order[: data.in_batches(size, drop_last)].split(size))
