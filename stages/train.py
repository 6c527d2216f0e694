"""Train all members of one rung: one job, so that start-up is paid once."""

import platform
import resource
import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch

from stages import command, files
from stages.checkpoint import Checkpoints
from stages.command import Problem
from stages.devices import make_deterministic, pick
from stages.progress import Progress
from stages.training import Data, Member, train_member

HISTORY = ["member", "epoch", "learning_rate", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]


def main(
    recipe: Path,
    train_images: Path,
    train_labels: Path,
    test_images: Path,
    statistics: Path,
    classes: Path,
    run: Path,
) -> None:
    """Carry out `recipe` (JSON) and write the folder `run`: weights, history, predictions, and the record of what made them.

    Raises Problem where the recipe's device is not there, or a batch is larger than the training set.
    """
    resolved = files.read_json(recipe)
    device = pick(resolved["device"])
    make_deterministic(resolved["threads"])
    inputs = {"train_images": train_images, "train_labels": train_labels, "test_images": test_images, "statistics": statistics}
    data = load_data(inputs, files.read_json(classes)["names"], resolved["budget"], device)
    origin = made_by(resolved, {**inputs, "classes": classes}, device)
    checkpoints = Checkpoints(run, files.canonical(origin))
    members = train_members(resolved, data, checkpoints)
    write_members(members, run)
    files.write_json(run / "record.json", {**origin, "parameters": parameters(members[0])})
    files.write_json(run / "cost.json", cost(members))
    # Last, because it is what tells that the run is the recipe's.
    files.write(run / "recipe.json", recipe.read_text())
    checkpoints.clear()


def train_members(recipe: dict, data: Data, checkpoints: Checkpoints) -> list[Member]:
    """All members of a recipe, each from its checkpoint on, where there is one."""
    budget, members = recipe["budget"], []
    progress = Progress(recipe["technique"], budget["members"], budget["epochs"])
    for member in range(budget["members"]):
        saved = checkpoints.load(member)
        if saved is not None:
            progress.resume(member, len(saved["history"]))
        members.append(train_member(recipe, data, member, progress.epoch, saved, partial(checkpoints.save, member)))
    return members


def load_data(paths: dict[str, Path], classes: list[str], budget: dict, device: torch.device) -> Data:
    """The images on the training device; the last `validation` share of the training images is for validation."""
    arrays = {name: np.load(path, mmap_mode="r") for name, path in paths.items() if path.suffix == ".npy"}
    images, labels = arrays["train_images"], arrays["train_labels"]
    training = len(images) - round(len(images) * budget["validation"])
    if budget["batch_size"] > training:
        raise Problem(f"budget.batch_size: found {budget['batch_size']}, but there are {training} training images; lower it")

    def on_device(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.array(array)).to(device)

    return Data(
        train_images=on_device(images[:training]),
        train_labels=on_device(labels[:training]),
        validation_images=on_device(images[training:]),
        validation_labels=on_device(labels[training:]),
        test_images=on_device(arrays["test_images"]),
        statistics=files.read_json(paths["statistics"]),
        classes=len(classes),
    )


def write_members(members: list[Member], run: Path) -> None:
    """Write weights ({member}.{parameter}), the history, and predictions.

    predictions.npz: `validation_probabilities` and `test_probabilities` [members, n, classes]; and the test predictions on the way there,
    `curve_argmax` [points, n], where point i is that of member `curve_series[i]` after epoch `curve_step[i]`.
    """
    from safetensors.torch import save

    weights = {f"{i}.{name}": value for i, member in enumerate(members) for name, value in member.weights.items()}
    files.write(run / "weights.safetensors", save(weights))
    files.write_rows(run / "history.csv", HISTORY, (row for member in members for row in member.history))
    files.write_arrays(
        run / "predictions.npz",
        validation_probabilities=_stack(member.validation_probabilities for member in members),
        test_probabilities=_stack(member.test_probabilities for member in members),
        curve_series=np.array([i for i, member in enumerate(members) for _ in member.epoch_argmax]),
        curve_step=np.array([row["epoch"] for member in members for row in member.history]),
        curve_argmax=_stack(argmax for member in members for argmax in member.epoch_argmax).astype(np.uint8),
    )


def _stack(tensors) -> np.ndarray:
    return torch.stack(list(tensors)).cpu().numpy()


def parameters(member: Member) -> dict:
    """How many values a member has: the trainable ones, and all that must be stored to predict (running statistics, too)."""
    stored = sum(value.numel() for value in member.weights.values() if value.is_floating_point())
    return {"trainable": member.trainable, "all": stored}


def made_by(recipe: dict, inputs: dict[str, Path], device: torch.device) -> dict:
    """What makes a result: recipe, the hashes of code and data, and the environment; nothing that a clock measured."""
    return {
        "recipe": recipe,
        "data": {name: files.sha256(path) for name, path in inputs.items()},
        "environment": {
            "device": torch.cuda.get_device_name(device) if device.type == "cuda" else _processor(),
            "numpy": np.__version__,
            "python": platform.python_version(),
            "system": platform.system(),
            "torch": torch.__version__,
        },
    }


def cost(members: list[Member]) -> dict:
    """Wall seconds that the members' training took, and the largest resident memory of this process, in MiB."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return {
        "seconds": round(sum(member.seconds for member in members), 3),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1),
        "host": platform.node(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


if __name__ == "__main__":
    command.run(main)
