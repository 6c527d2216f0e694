"""The images and targets that a member sees: split, chosen, put on the device, drawn in batches."""

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
    """The images on the training device; the last `validation` share of the training images is for
    validation, of the others the slot `sampling` may choose some. The pixel statistics are those of
    all training images all the same.

    `paths` names the files train_images, train_labels and test_images (.npy), statistics and
    classes (JSON). Raises Problem where a batch is larger than the training set.
    """
    arrays = {name: np.load(path) for name, path in paths.items() if path.suffix == ".npy"}
    images, budget = arrays["train_images"], recipe["budget"]
    training = len(images) - round(len(images) * budget["validation"])
    images, test_images = (
        torch.from_numpy(arrays[name]) for name in ("train_images", "test_images")
    )
    targets = tasks.load(recipe["task"]).targets(images, torch.from_numpy(arrays["train_labels"]))
    train_images, train_targets = sampled(images[:training], targets[:training], recipe)
    _refuse_larger(budget["batch_size"], len(train_targets))
    return Data(
        train_images=train_images.to(device),
        train_targets=train_targets.to(device),
        validation_images=images[training:].to(device),
        validation_targets=targets[training:].to(device),
        test_images=test_images.to(device),
        statistics=files.read_json(paths["statistics"]),
        classes=len(files.read_json(paths["classes"])["names"]),
    )


def _refuse_larger(batch: int, images: int) -> None:
    if batch > images:
        found = f"found {batch}, but there are {images} training images"
        raise Problem(f"budget.batch_size: {found}; lower it")


def sampled(images: Tensor, targets: Tensor, recipe: dict) -> tuple[Tensor, Tensor]:
    """The training images and targets that a recipe learns from: all, but for its `sampling`."""
    if "sampling" not in recipe["slots"]:
        return images, targets
    choose = bind("sampling", recipe["slots"]["sampling"])
    chosen = choose(targets, generator(recipe["budget"]["seed"], 0, "sampling"))
    return images[chosen], targets[chosen]


def batches(count: int, size: int, random: Generator) -> list[Tensor]:
    """Indices of one epoch's full batches in random order; the last, incomplete one is
    left out, as in deck 001."""
    order = torch.randperm(count, generator=random, device=random.device)
    return list(order[: count // size * size].split(size))
