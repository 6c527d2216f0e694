"""What made a result: recipe, data, code and environment, repeatable to the byte."""

import os
import platform
import re
import subprocess
import zlib
from pathlib import Path

import numpy as np
import safetensors
import torch

from stages.jobs import git

ROOT = Path(__file__).parent.parent.parent
# Variables by which torch and its libraries choose kernels; not by those of threads, whose number
# is the recipe's.
CHOOSE = re.compile(
    r"(?!\w*NUM_THREADS)(ATEN|CUBLAS|CUDNN|DNNL|MKL|NVIDIA_TF32|ONEDNN|PYTORCH|TORCH)_"
)


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


def machine() -> dict:
    """What can change a byte beside what `made_by` has: two machines that are equal in it give the
    same bytes, as far as anybody knows."""
    return {
        "instructions": _of_processor("flags") or _of_processor("Features"),
        "libc": platform.libc_ver(),
        "machine": platform.machine(),
        "processor": processor(),
        "safetensors": safetensors.__version__,
        # Its libraries with their versions, and which instructions it has chosen.
        "torch": torch.__config__.show(),
        "variables": {name: of for name, of in sorted(os.environ.items()) if CHOOSE.match(name)},
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def processor() -> str:
    """The name of this machine's processor."""
    return _of_processor("model name") or platform.machine()


def _of_processor(field: str) -> str:
    """What Linux says of the first processor; nothing where it doesn't."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(field))
    return next(found, "")
