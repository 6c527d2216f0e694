"""All members of a rung, one after the other: arrays in, a run's files out."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import torch

from stages import devices, files, record
from stages.checkpoint import Checkpoints
from stages.command import LOG, Problem
from stages.distortions import settings
from stages.progress import Progress
from stages.training import Arithmetic, Data, Member, Watcher, train_member

HISTORY = ["member", "epoch", "learning_rate", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]

LAYERS = [
    "member", "moment", "layer", "kind", "units", "activation_mean", "activation_std", "same_for_all_pictures", "weights", "gradient_norm",
    "gradient_rms",
]  # fmt: skip
HISTOGRAMS = ["member", "moment", "layer", "quantity", "low", "high", "share"]


def train_rung(recipe: dict, inputs: dict[str, Path], run: Path, device: torch.device) -> None:
    """Train the members of a resolved recipe on `device`, and write all files of `run`.

    `inputs` names the files train_images, train_labels and test_images (.npy), statistics and classes (JSON). Raises Problem where the
    device's memory is too small, or a batch is larger than the training set.
    """
    # Of the code that is about to run: a long training may see the next commit.
    commit = record.commit()
    devices.prepare(recipe["threads"], recipe["deterministic"])
    with devices.memory_is_enough(device):
        data = load_data(inputs, recipe["budget"], device)
        arithmetic = arithmetic_of(recipe, data)
        origin = record.made_by(recipe, inputs, device, arithmetic)
        LOG.debug("%s: on %s, in %s", recipe["technique"], devices.describe(device), origin["environment"]["precision"])
        checkpoints = Checkpoints(run, files.canonical(origin))
        members = train_members(recipe, data, arithmetic, checkpoints, run)
        write_members(members, run)
        files.write_json(run / "record.json", {**origin, "parameters": record.parameters(members[0])})
        files.write_json(run / "cost.json", record.cost(recipe, data, members) | {"commit": commit})
    # Last, because it is what tells that the run is the recipe's; and then alone is nothing left to go on from.
    files.write_json(run / "recipe.json", recipe)
    checkpoints.clear()


def arithmetic_of(recipe: dict, data: Data) -> Arithmetic:
    """How the steps of a recipe are computed on the device where its data lie."""
    height, width = data.train_images.shape[2:]
    precision = devices.precision(recipe["precision"], data.device, recipe["budget"]["batch_size"] * height * width)
    return Arithmetic(precision, recipe["cuda_graph"] and data.device.type == "cuda")


def train_members(recipe: dict, data: Data, arithmetic: Arithmetic, checkpoints: Checkpoints, run: Path) -> list[Member]:
    """All members of a recipe, each from its checkpoint on, where there is one."""
    budget, members = recipe["budget"], []
    progress = Progress(recipe["technique"], budget["members"], budget["epochs"])
    for member in range(budget["members"]):
        saved = checkpoints.load(member)
        with ExitStack() as opened:
            watchers: list[Watcher] = [progress]
            if recipe["tensorboard"]:
                # Imported by those alone who ask for it: it takes as long as torch.
                from stages.events import Events

                watchers.append(opened.enter_context(Events(run / "tensorboard" / f"member-{member}", fresh=saved is None)))
            members.append(train_member(recipe, data, member, arithmetic, watchers, saved, partial(checkpoints.save, member)))
    return members


def load_data(paths: dict[str, Path], budget: dict, device: torch.device) -> Data:
    """The images on the training device; the last `validation` share of the training images is for validation."""
    arrays = {name: np.load(path) for name, path in paths.items() if path.suffix == ".npy"}
    images, labels = arrays["train_images"], arrays["train_labels"]
    training = len(images) - round(len(images) * budget["validation"])
    if budget["batch_size"] > training:
        raise Problem(f"budget.batch_size: found {budget['batch_size']}, but there are {training} training images; lower it")

    def on_device(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    return Data(
        train_images=on_device(images[:training]),
        train_labels=on_device(labels[:training]),
        validation_images=on_device(images[training:]),
        validation_labels=on_device(labels[training:]),
        test_images=on_device(arrays["test_images"]),
        statistics=files.read_json(paths["statistics"]),
        classes=len(files.read_json(paths["classes"])["names"]),
    )


def write_members(members: list[Member], run: Path) -> None:
    """Write weights ({member}.{parameter}), the history, the diagnostics (histograms: of the first member), and predictions.

    predictions.npz: `validation_probabilities` and `test_probabilities` [members, n, classes]; `distorted_probabilities`
    [members, settings, n, classes] of the first test images, where setting i is so much (`distorted_amount[i]`, in `distorted_unit[i]`) of
    `distorted_kind[i]`; and the test predictions on the way there, `curve_argmax` [points, n], where point i is that of member
    `curve_series[i]` after epoch `curve_step[i]`.
    """
    from safetensors.torch import save

    weights = {f"{i}.{name}": value for i, member in enumerate(members) for name, value in member.weights.items()}
    files.write(run / "weights.safetensors", save(weights))
    files.write_rows(run / "history.csv", HISTORY, (row for member in members for row in member.history))
    files.write_rows(run / "diagnostics.csv", LAYERS, (row for member in members for row in member.layers))
    files.write_rows(run / "histograms.csv", HISTOGRAMS, members[0].histograms)
    files.write_arrays(
        run / "predictions.npz",
        validation_probabilities=_stack(member.validation_probabilities for member in members),
        test_probabilities=_stack(member.test_probabilities for member in members),
        distorted_probabilities=_stack(member.distorted_probabilities for member in members),
        **{f"distorted_{name}": values for name, values in settings().items()},
        curve_series=np.array([i for i, member in enumerate(members) for _ in member.epoch_argmax]),
        curve_step=np.array([row["epoch"] for member in members for row in member.history]),
        curve_argmax=_stack(argmax for member in members for argmax in member.epoch_argmax).astype(np.uint8),
    )


def _stack(tensors) -> np.ndarray:
    return torch.stack(list(tensors)).cpu().numpy()
