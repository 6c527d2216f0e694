"""The same network, data and augmentation as plain.py, trained by Rungs' loop.

python -m benchmarks.ours --data images.npz --width 16 --epochs 3 --seed 0 --precision bfloat16
"""

import json
import time

import numpy as np
import torch

from benchmarks.flags import common
from stages.compute import devices
from stages.jobs.cost import peak_memory
from stages.normalize import pixel_statistics
from stages.training.loop import train_member
from stages.training.member import Arithmetic, Data


def recipe(width: int, epochs: int, batch: int, seed: int) -> dict:
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
        "task": "classification",
        "slots": slots,
        "budget": {"epochs": epochs, "batch_size": batch, "seed": seed},
    }


class Clock:
    """When each epoch ended, in seconds, and the peak memory until then, in MiB."""

    def __init__(self):
        self.ends, self.memory = [], []

    def start(self, _) -> None:
        """The first epoch begins."""
        self.ends.append(time.perf_counter())

    def epoch(self, _) -> None:
        """An epoch has ended."""
        self.ends.append(time.perf_counter())
        self.memory.append(peak_memory())


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
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    devices.prepare(args.threads, deterministic=not args.any_kernel)
    arrays = np.load(args.data)
    images, labels, test = (
        arrays[name] for name in ("train_images", "train_labels", "test_images")
    )
    statistics = pixel_statistics(images)
    images, test = (
        torch.from_numpy(array.transpose(0, 3, 1, 2).copy()).to(device) for array in (images, test)
    )
    labels = torch.from_numpy(labels).to(device)
    data = Data(images, labels, images[:0], labels[:0], test, statistics, 10)
    arithmetic = Arithmetic(
        devices.precision(args.precision, device, args.batch * images[0, 0].numel()),
        args.cuda_graph,
    )
    clock = Clock()
    member = train_member(
        recipe(args.width, args.epochs, args.batch, args.seed), data, args.seed, arithmetic, [clock]
    )
    accuracy = (member.test_predictions.argmax(dim=1).cpu().numpy() == arrays["test_labels"]).mean()
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
