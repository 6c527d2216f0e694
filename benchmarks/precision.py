"""From which size of batch bfloat16 pays.

One training step in float32 and in bfloat16, in turn, over images, batches and widths:

python -m benchmarks.precision --threads 1
"""

import argparse
import json
import statistics
import time
from itertools import count, product

import torch

from benchmarks.ours import recipe
from stages.compute import devices
from stages.training.loop import Training
from stages.training.member import Arithmetic, Data

WIDTHS, SIDES, BATCHES = (8, 16, 32), (8, 28, 32), (20, 128)
FORMATS = torch.float32, torch.bfloat16


def main() -> None:
    """Print each batch's side, size and pixels, and by width how many times as fast bfloat16 is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2, help="for each width")
    args = parser.parse_args()
    devices.prepare(args.threads, deterministic=True)
    rows = [
        {
            "side": side,
            "batch": batch,
            "pixels": batch * side**2,
            "gains": {width: gain(side, batch, width, args.seconds) for width in WIDTHS},
        }
        for side, batch in product(SIDES, BATCHES)
    ]
    print(json.dumps({"rows": sorted(rows, key=lambda row: row["pixels"])}))


def gain(side: int, batch: int, width: int, seconds: float) -> float:
    """How many times as fast a step in bfloat16 is; medians."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images = torch.randint(256, (batch, 3, side, side), dtype=torch.uint8, device=device)
    labels, every = torch.randint(10, (batch,), device=device), torch.arange(batch, device=device)
    data = Data(images, labels, images[:0], labels[:0], images[:1], 10, labels[:0])
    trainings = [
        Training(recipe(width, epochs=1, batch=batch, seed=0), data, 0, Arithmetic(precision))
        for precision in FORMATS
    ]
    took: list[list[float]] = [[] for _ in trainings]
    # The first steps still find out how to compute; they are not counted.
    for step in count(-3):
        for training, times in zip(trainings, took, strict=True):
            started = time.perf_counter()
            training.learner.take(every)
            training.learner.before.loss.item()
            if step >= 0:
                times.append(time.perf_counter() - started)
        if step > 0 and sum(map(sum, took)) > seconds:
            float32, bfloat16 = map(statistics.median, took)
            return float32 / bfloat16


def table_of(rows: list[dict], threads: int) -> str:
    """A row for each batch, from few pixels to many."""
    title = (
        "\n## bfloat16: how many times as fast a step is as in float32, "
        f"ten convolutions, threads: {threads}\n\n"
    )
    head = (
        "| images | batch | pixels | "
        + " | ".join(f"width {width}" for width in WIDTHS)
        + " |\n"
        + "|---" * (3 + len(WIDTHS))
        + "|\n"
    )
    lines = (
        f"| {row['side']}x{row['side']} | {row['batch']} | {row['pixels']:,} | "
        + " | ".join(f"{g:.2f}" for g in row["gains"].values())
        + " |\n"
        for row in rows
    )
    return title + head + "".join(lines)


if __name__ == "__main__":
    main()
