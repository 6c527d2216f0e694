"""The same network, data and augmentation as plain.py, trained by Rungs' loop.

python -m benchmarks.ours --data images.npz --width 16 --epochs 3 --seed 0 --precision bfloat16
"""

import json
import time
from contextlib import nullcontext

import numpy as np
import torch

from benchmarks.flags import common
from stages.compute import devices
from stages.jobs.cost import peak_memory
from stages.training import rung
from stages.training.member import Data


def recipe(width: int, epochs: int, batch: int, seed: int, members: int = 1) -> dict:
    """Ten convolutions with batch normalization, Adam, crop and flip."""
    slots = {
        "network": {"deeper": {"width": width}},
        "activation": {"relu": {}},
        "initialization": {"xavier_uniform": {"bias": 0.0}},
        "optimizer": {"adam": {"learning_rate": 0.001, "eps": 1e-8}},
        "scaling": {"zero_centered": {}},
        "normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}},
        "augmentation": [{"crop": {"padding": 4}}, {"flip": {"probability": 0.5}}],
    }
    return {
        "technique": "ten convolutions",
        "task": "classification",
        "slots": slots,
        "budget": {"epochs": epochs, "batch_size": batch, "members": members, "seed": seed},
        "precision": "auto",
        "cuda_graph": "auto",
        "threads": 2,
    }


class Clock:
    """When each epoch of a member ended, in seconds, and the peak memory until then, in MiB."""

    def __init__(self):
        self.ends, self.memory = [], []

    def start(self, _) -> None:
        """The first epoch begins."""
        self.ends.append(time.perf_counter())

    def epoch(self, _) -> None:
        """An epoch has ended."""
        self.ends.append(time.perf_counter())
        self.memory.append(peak_memory())


class Unkept:
    """Keeps no states."""

    def load(self, member: int) -> None:
        """There is none."""

    def save(self, member: int, state: dict) -> None:
        """It is not needed."""


def images_on(device: torch.device, data: dict) -> Data:
    """The arrays of benchmarks/__main__.py's write_images, without images for validation."""
    images, test = (
        torch.from_numpy(data[name].transpose(0, 3, 1, 2).copy()).to(device)
        for name in ("train_images", "test_images")
    )
    labels = torch.from_numpy(data["train_labels"]).to(device)
    return Data(images, labels, images[:0], labels[:0], test, 10, labels[:0])


def trained(made_of: dict, data: Data, deterministic: bool = True) -> tuple[list, list[Clock]]:
    """The members of a recipe, and when their epochs ended."""
    tf32 = made_of["precision"] == "tf32"
    devices.prepare(made_of["threads"], deterministic, tf32)
    clocks = [Clock() for _ in range(made_of["budget"]["members"])]
    members = rung.train_members(
        made_of,
        data,
        rung.arithmetic_of(made_of, data),
        Unkept(),
        lambda member, resumed: nullcontext([clocks[member]]),
    )
    return members, clocks


def images_per_second(clocks: list[Clock], images: int) -> float:
    """While all members train: from the end of the last one's first epoch on, to the end of the
    first one's last; or, where they train one after the other, in all epochs but their first."""
    begin, end = max(clock.ends[1] for clock in clocks), min(clock.ends[-1] for clock in clocks)
    if end < begin:
        seconds = sum(clock.ends[-1] - clock.ends[1] for clock in clocks)
        return sum(len(clock.ends) - 2 for clock in clocks) * images / seconds
    epochs = sum(begin < ended <= end for clock in clocks for ended in clock.ends)
    return epochs * images / (end - begin)


def main() -> None:
    """Train one member; print each epoch's seconds, test accuracy, and peak memory in MiB."""
    parser = common()
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--cuda-graph", action="store_true")
    parser.add_argument(
        "--any-kernel",
        action="store_true",
        help="those that don't give the same bits every time, too",
    )
    args = parser.parse_args()
    with np.load(args.data) as arrays:
        arrays = dict(arrays)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    made_of = recipe(args.width, args.epochs, args.batch, args.seed) | {
        "precision": args.precision,
        "cuda_graph": args.cuda_graph,
        "threads": args.threads,
    }
    [member], [clock] = trained(made_of, images_on(device, arrays), not args.any_kernel)
    accuracy = (member.test_predictions.argmax(dim=1).numpy() == arrays["test_labels"]).mean()
    print(
        json.dumps(
            {
                "seconds": np.diff(clock.ends).tolist(),
                "accuracy": float(accuracy),
                "memory": clock.memory,
            }
        )
    )


if __name__ == "__main__":
    main()
