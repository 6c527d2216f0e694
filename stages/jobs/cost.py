"""What a result cost: what a clock and a memory gauge say, and where and when."""

import platform
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch


def cost(
    seconds: dict[str, float], images: int, multiply_accumulates: int, device: torch.device
) -> dict:
    """What a training took: wall seconds by what they were spent on (`seconds`, checks and
    predictions between the epochs included), training images per second, the largest memory of the
    process and of its GPU, in MiB; and what a network costs per image, in multiply-accumulates.
    Where and when, too, so that nothing else changes with them."""
    gpu = torch.cuda.max_memory_allocated(device) / 2**20 if device.type == "cuda" else None
    return {
        **{name: round(value, 3) for name, value in seconds.items()},
        "images_per_second": round(images / seconds["seconds"], 1),
        "peak_memory_mib": round(peak_memory(), 1),
        "peak_gpu_memory_mib": None if gpu is None else round(gpu, 1),
        "multiply_accumulates": multiply_accumulates,
        "device": device.type,
        "host": platform.node(),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def peak_memory() -> float:
    """The largest resident memory that this process has had, in MiB."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    # Not getrusage's where there is better: that is at least what the process that started
    # this one had at that moment.
    own = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
