"""The images and targets that a member sees: split, put on the device, and drawn in batches."""

from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor

from stages import files, tasks
from stages.command import Problem
from stages.training.member import Data


def load(paths: dict[str, Path], recipe: dict, device: torch.device) -> Data:
    """The images on the training device; the last `validation` share of the
    training images is for validation.

    `paths` names the files train_images, train_labels and test_images (.npy), statistics and
    classes (JSON). Raises Problem where a batch is larger than the training set.
    """
    arrays = {name: np.load(path) for name, path in paths.items() if path.suffix == ".npy"}
    images, budget = arrays["train_images"], recipe["budget"]
    training = len(images) - round(len(images) * budget["validation"])
    if budget["batch_size"] > training:
        found = f"found {budget['batch_size']}, but there are {training} training images"
        raise Problem(f"budget.batch_size: {found}; lower it")
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


def batches(count: int, size: int, random: Generator) -> list[Tensor]:
    """Indices of one epoch's full batches in random order; the last, incomplete one is
    left out, as in deck 001."""
    order = torch.randperm(count, generator=random, device=random.device)
    return list(order[: count // size * size].split(size))
