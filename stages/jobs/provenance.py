"""What made a result: recipe, data, code and environment, repeatable to the byte."""

import platform
import subprocess
from pathlib import Path

import numpy as np
import torch

from stages.jobs import git

ROOT = Path(__file__).parent.parent.parent


def made_by(recipe: dict, read: dict[str, str], device: torch.device, precision: str) -> dict:
    """What makes a result: recipe, which has the hashes of the code, the hashes of the data
    `read`, and the environment, the name of the `precision` among it; nothing that a clock
    measured."""
    return {
        "recipe": recipe,
        "data": read,
        "environment": {
            "device": torch.cuda.get_device_name(device) if device.type == "cuda" else processor(),
            "numpy": np.__version__,
            "precision": precision,
            "python": platform.python_version(),
            "system": platform.system(),
            "torch": torch.__version__,
        },
    }


def commit() -> str | None:
    """The commit of this project's git repository that the code is of; None without one, or where
    the code has been changed since."""
    asked = ["rev-parse", "HEAD"], ["status", "--porcelain", "--", "stages", "requirements.lock"]
    try:
        said = [git.ask(*words, folder=ROOT) for words in asked]
    except (OSError, subprocess.CalledProcessError):
        return None
    return None if said[1] else said[0]


def processor() -> str:
    """The name of this machine's processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
