"""The loop on a GPU: the plain script, what a good engineer writes by hand, and Rungs."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from benchmarks import gpu, ours, tuned
from benchmarks.__main__ import layers_multiply_accumulates, matrix_rates
from stages.training import rung

WIDTHS, EPOCHS = (16, 64), 6
# Of five networks, which take longer.
FEWER_EPOCHS = 3
# Far above any step: what is asked for is measured, also where training would not do so.
ALWAYS = dict.fromkeys(rung.LITTLE, 1e15)
IMAGES, TEST_IMAGES = 20480, 4096
# Name → precision, whether deterministic, whether recorded, members; False where these train side
# by side only if training decides so.
RUNGS = {
    "Rungs as shipped, one network": ("auto", True, "auto", 1),
    "Rungs as shipped, five networks": ("auto", True, "auto", 5, False),
    "Rungs, five networks side by side": ("auto", True, "auto", 5),
    "Rungs, no graph": ("auto", True, False, 1),
    "Rungs, any kernel": ("auto", False, "auto", 1),
    "Rungs, five networks, any kernel": ("auto", False, "auto", 5),
    "Rungs, tf32": ("tf32", True, "auto", 1),
    "Rungs, tf32, five networks": ("tf32", True, "auto", 5),
    "Rungs, float32": ("float32", True, "auto", 1),
    "Rungs, float32, any kernel": ("float32", False, "auto", 1),
    "Rungs, float32, five networks": ("float32", True, "auto", 5),
}
TUNED = {
    "by hand": ("bfloat16", "eager"),
    "by hand, CUDA graph": ("bfloat16", "graph"),
    "by hand, compiled": ("bfloat16", "compiled"),
    "by hand, CUDA graph, float32": ("float32", "graph"),
}


def run(images: dict) -> tuple[str, dict]:
    """A table of images per second, tests of each epoch included, for both widths."""
    data, rates = repeated(images), matrix_rates(2)
    numbers, lines = {"matrix rates": rates}, []
    for width in WIDTHS:
        found = {"plain PyTorch": measured(plain, data, width)}
        for name, (precision, way) in TUNED.items():
            found[name] = measured(by_hand, data, width, precision, way)
        for name, settings in RUNGS.items():
            found[name] = measured(by_rungs, data, width, *settings)
        numbers[f"width {width}"] = found
        lines += table(width, found, rates)
    return "\n".join(lines), numbers


def repeated(images: dict) -> dict:
    """As many images as make an epoch, the same ones again and again."""
    return {
        name: np.resize(array, (IMAGES if "train" in name else TEST_IMAGES, *array.shape[1:]))
        for name, array in images.items()
    }


def measured(how, *arguments) -> float | str:
    """Images per second, or what went wrong."""
    try:
        speed = how(*arguments)
    except Exception as error:
        speed = f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
    torch.cuda.empty_cache()
    print(how.__name__, *arguments[1:], speed, flush=True)
    return speed


def plain(data: dict, width: int) -> float:
    """As many loader workers as there are cores."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "images.npz", **data)
        flags = ["--data", str(Path(folder) / "images.npz"), "--width", str(width)]
        command = [sys.executable, "-m", "benchmarks.plain", "--batch-norm", "--augment"]
        done = subprocess.run(
            [*command, *flags, "--epochs", "3"], capture_output=True, text=True, check=True
        )
    return IMAGES / statistics.median(json.loads(done.stdout)["seconds"][1:])


def by_hand(data: dict, width: int, precision: str, way: str) -> float:
    """In this process."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    seconds = tuned.measure(data, width, EPOCHS, precision=precision, way=way)["seconds"]
    return IMAGES / statistics.median(seconds[1:])


def by_rungs(
    data: dict, width: int, precision, deterministic, graph, members, together=True
) -> float:
    """In this process."""
    changed = {"precision": precision, "cuda_graph": graph}
    epochs = EPOCHS if members == 1 else FEWER_EPOCHS
    made_of = ours.recipe(width, epochs, 128, 0, members) | changed
    images = ours.images_on(torch.device(gpu.DEVICE), data)
    with patch.dict(rung.LITTLE, ALWAYS if together else {}):
        _, clocks = ours.trained(made_of, images, deterministic)
    return ours.images_per_second(clocks, IMAGES)


def table(width: int, found: dict, rates: dict) -> list[str]:
    """Lines of Markdown."""
    operations, base = 6 * layers_multiply_accumulates(width), found["plain PyTorch"]
    lines = [
        f"\n## The loop: ten convolutions, width {width}, batch 128, crop and flip\n",
        f"{IMAGES:,} images an epoch and {TEST_IMAGES:,} to test it; the plain script with "
        f"{len(os.sched_getaffinity(0))} loader workers.\n",
        "| | images/s | ratio | of the matrix rate |",
        "|---|---|---|---|",
    ]
    for name, speed in found.items():
        if isinstance(speed, str) or isinstance(base, str):
            lines.append(f"| {name} | {speed} | | |")
            continue
        exact = "float32" in name or "plain" in name
        rate = rates["tf32" if "tf32" in name else "float32" if exact else "bfloat16"]
        share = "" if "plain" in name else f"{speed * operations / rate:.1%}"
        lines.append(f"| {name} | {speed:,.0f} | {speed / base:.2f} | {share} |")
    return lines
