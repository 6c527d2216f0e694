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
    """The images of a rung on the training device; the last `validation` share of the training
    images is for validation, or none where the slot `split` chooses. The pixel statistics are those
    of all training images all the same.

    `paths` names the files train_images, train_labels and test_images (.npy), statistics and
    classes (JSON).
    """
    arrays = {name: np.load(path) for name, path in paths.items() if path.suffix == ".npy"}
    images = arrays["train_images"]
    share = 0 if "split" in recipe["slots"] else recipe["budget"]["validation"]
    training = len(images) - round(len(images) * share)
    images, test_images = (
        torch.from_numpy(arrays[name]) for name in ("train_images", "test_images")
    )
    targets = tasks.load(recipe["task"]).targets(images, torch.from_numpy(arrays["train_labels"]))
    return Data(
        train_images=images[:training].to(device),
        train_targets=targets[:training].to(device),
        validation_images=images[training:].to(device),
        validation_targets=targets[training:].to(device),
        test_images=test_images.to(device),
        statistics=files.read_json(paths["statistics"]),
        classes=len(files.read_json(paths["classes"])["names"]),
    )


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
