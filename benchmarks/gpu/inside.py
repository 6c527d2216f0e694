"""Where a GPU's time goes: predicting in batches of different sizes, and which kernels
deterministic training takes instead of others."""

import time
from collections import Counter
from unittest.mock import patch

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks import gpu, ours
from stages.compute import devices
from stages.training import network, rung
from stages.training.loop import Training

WIDTHS, BATCHES, COUNT = (16, 64), (128, 2000, 10000), 10000
# 8x8 images, batches of 20: quickstart's last rung.
SMALL = {
    "network": {"deeper": {"width": 8}},
    "dropout": {"standard": {"rate": 0.3}},
    "penalty": {"l2": {"strength": 0.0005}},
    "augmentation": [
        {"translate": {"pixels": 1.0}},
        {"rotate": {"degrees": 10.0}},
        {"scale": {"factor": 0.1}},
        {"brightness": {"factor": 0.1}},
    ],
}


def run(images: dict) -> tuple[str, dict]:
    """Three tables."""
    numbers = {"predicting": predicting(images), "kernels": kernels(images), "small": small(images)}
    lines = ["\n## Predicting, images/s by the size of a batch\n"]
    lines += ["| | " + " | ".join(map(str, BATCHES)) + " |", "|---|" + "---|" * len(BATCHES)]
    for name, speeds in numbers["predicting"].items():
        lines.append(f"| {name} | " + " | ".join(f"{speed:,.0f}" for speed in speeds) + " |")
    lines += ["\n## Kernels of a step, microseconds: the longest, and how many there are\n"]
    for name, found in numbers["kernels"].items():
        longest = "; ".join(f"{kernel[:60]} {spent:.0f}" for kernel, spent in found["longest"])
        lines.append(f"- {name}: {found['count']} kernels, {found['all']:.0f} in all: {longest}")
    lines += ["\n## quickstart's last rung: 8x8 pixels, batches of 20, images/s\n"]
    lines += [f"- {name}: {speed:,.0f}" for name, speed in numbers["small"].items()]
    return "\n".join(lines), numbers


def made(images: dict, width: int, precision: str, deterministic: bool = True, **slots) -> Training:
    """A training that has not begun."""
    recipe = ours.recipe(width, 1, 128, 0) | {"precision": precision}
    recipe["slots"] |= slots
    devices.prepare(2, deterministic=deterministic)
    data = ours.images_on(torch.device(gpu.DEVICE), images)
    return Training(recipe, data, 0, rung.arithmetic_of(recipe, data))


def predicting(images: dict) -> dict[str, list[float]]:
    """Images per second of 10,000, by width and format, for each size of a batch."""
    found = {}
    for width in WIDTHS:
        for precision in ("float32", "bfloat16"):
            learner = made(images, width, precision).learner
            pixels = learner.data.train_images[:1].expand(COUNT, -1, -1, -1).contiguous()
            speeds = [COUNT / predicted_in(batch, learner, pixels) for batch in BATCHES]
            found[f"width {width}, {precision}"] = speeds
    return found


def predicted_in(batch: int, learner, pixels: torch.Tensor) -> float:
    """The seconds that predicting takes in batches of a size."""
    with patch.object(network, "prediction_batch", lambda images: batch):
        return best(lambda: learner.predict(pixels))


def best(work, repeats: int = 4) -> float:
    """The seconds of the fastest of some repeats, but the first."""
    seconds = []
    for _ in range(repeats):
        gpu.synchronize()
        started = time.perf_counter()
        work()
        gpu.synchronize()
        seconds.append(time.perf_counter() - started)
    return min(seconds[1:])


def kernels(images: dict) -> dict[str, dict]:
    """The kernels of a step that take longest, deterministic and not."""
    found = {}
    for width in WIDTHS:
        for precision in ("float32", "bfloat16"):
            for deterministic in (True, False):
                learner = made(images, width, precision, deterministic).learner
                kind = "deterministic" if deterministic else "any kernel"
                found[f"width {width}, {precision}, {kind}"] = of_a_step(learner)
    return found


def of_a_step(learner) -> dict:
    """Kernels of one step, taken as it is."""
    learner.network.train()
    index = torch.arange(128, device=gpu.DEVICE)
    for _ in range(4):
        learner.take(index)
    gpu.synchronize()
    with profile(activities=[ProfilerActivity.CUDA]) as profiled:
        learner.take(index)
        gpu.synchronize()
    spent, count = Counter(), 0
    for event in profiled.events():
        if event.device_type == torch.autograd.DeviceType.CUDA:
            spent[event.name] += event.device_time
            count += 1
    return {"count": count, "all": sum(spent.values()), "longest": spent.most_common(6)}


def small(images: dict) -> dict[str, float]:
    """Images per second of quickstart's last rung, for one network and for five."""
    gray = {
        name: array[:900, ::4, ::4, :1].copy() if "images" in name else array[:900]
        for name, array in images.items()
    }
    found = {}
    for members in (1, 5):
        for graph in ("auto", False):
            made_of = ours.recipe(8, 4, 20, 0, members) | {"cuda_graph": graph}
            made_of["slots"] |= SMALL
            _, clocks = ours.trained(made_of, ours.images_on(torch.device(gpu.DEVICE), gray))
            how = "recorded" if graph else "kernel by kernel"
            count = len(gray["train_labels"]) // 20 * 20
            found[f"{members} network(s), {how}"] = ours.images_per_second(clocks, count)
    return found
