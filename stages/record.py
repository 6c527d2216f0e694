"""What made a result, and what it cost: the one repeatable to the byte, the other what a clock and a memory gauge say."""

import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import nn

from stages import files, git, networks
from stages.randomness import generator
from stages.training import Arithmetic, Data, Member


def made_by(recipe: dict, inputs: dict[str, Path], device: torch.device, arithmetic: Arithmetic) -> dict:
    """What makes a result: recipe, the hashes of code and data, and the environment; nothing that a clock measured."""
    return {
        "recipe": recipe,
        "data": {name: files.sha256(path) for name, path in inputs.items()},
        "environment": {
            "device": torch.cuda.get_device_name(device) if device.type == "cuda" else processor(),
            "numpy": np.__version__,
            "precision": str(arithmetic.precision).removeprefix("torch."),
            "python": platform.python_version(),
            "system": platform.system(),
            "torch": torch.__version__,
        },
    }


def commit() -> str | None:
    """The commit of this project's git repository that the code is of; None without one, or where the code has been changed since."""
    root = Path(__file__).parent.parent
    asked = ["rev-parse", "HEAD"], ["status", "--porcelain", "--", "stages", "requirements.lock"]
    try:
        said = [git.ask(*words, folder=root) for words in asked]
    except (OSError, subprocess.CalledProcessError):
        return None
    return None if said[1] else said[0]


def parameters(member: Member) -> dict:
    """How many values a member has: the trainable ones, and all that must be stored to predict (running statistics, too)."""
    stored = sum(value.numel() for value in member.weights.values() if value.is_floating_point())
    return {"trainable": member.trainable, "all": stored}


def cost(recipe: dict, data: Data, members: list[Member]) -> dict:
    """What training the members took: wall seconds, training images per second (checks and predictions between the epochs included),
    what looking inside the networks and distorting pictures took beside, the largest memory of the process and of its GPU, in MiB; and
    what a network costs per image, in multiply-accumulates. Where and when, too, so that nothing else changes with them."""
    seconds, epochs = sum(member.seconds for member in members), sum(len(member.history) for member in members)
    batch = recipe["budget"]["batch_size"]
    images = epochs * (len(data.train_labels) // batch * batch)
    gpu = torch.cuda.max_memory_allocated(data.device) / 2**20 if data.device.type == "cuda" else None
    return {
        "seconds": round(seconds, 3),
        "diagnostics_seconds": round(sum(member.diagnostics_seconds for member in members), 3),
        "distortions_seconds": round(sum(member.distortions_seconds for member in members), 3),
        "images_per_second": round(images / seconds, 1),
        "peak_memory_mib": round(peak_memory(), 1),
        "peak_gpu_memory_mib": None if gpu is None else round(gpu, 1),
        "multiply_accumulates": multiply_accumulates(recipe["slots"], data),
        "device": data.device.type,
        "host": platform.node(),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def peak_memory() -> float:
    """The largest resident memory that this process has had, in MiB."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        lines = []
    # Not getrusage's where there is better: that is at least what the process that started this one had at that moment.
    own = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def multiply_accumulates(slots: dict, data: Data) -> int:
    """Multiply-accumulates of the layers, for one image on its way from pixels to logits: half of what torch's counter calls operations.

    Counted here, because that counter imports torch's compiler, which takes longer than many a training.
    """
    draws, counts = (generator(0, 0, "unused"), generator(0, 0, "unused", data.device.type)), []
    network = networks.build(slots, data.train_images.shape[1:], data.classes, *draws).eval()

    def count(layer: nn.Module, _: tuple, output: torch.Tensor) -> None:
        counts.append(output[0, 0].numel() * layer.weight.numel())

    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    with torch.no_grad():
        network(torch.zeros((1, *data.train_images.shape[1:]), device=data.device))
    return sum(counts)


def processor() -> str:
    """The name of this machine's processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
