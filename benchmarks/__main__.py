"""Rungs beside what a user would write instead: one run, one machine, one table; `make benchmark`.

Repeats are interleaved, so that whatever else slows the machine slows all of them. The speed is
that of epochs, without the first of a repeat; start-up, with what is compiled in that epoch, is
told beside it. Real CIFAR-10 where RUNGS_MIRROR names a mirror, else images of its shape. Writes
benchmarks/results/{device}.md and .json, and README.md, the table of all devices.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks import kinds, precision
from benchmarks.study import growth_of_techniques, growth_within_a_job, one_study
from stages import files
from stages.jobs.provenance import instructions, processor

HERE = Path(__file__).parent
OURS, PLAIN, LIGHTNING, TUNED = (
    ["-m", f"benchmarks.{name}"] for name in ("ours", "plain", "lightning", "tuned")
)
BFLOAT16, COMPILED = ["--precision", "bfloat16"], ["--way", "compiled"]
AUGMENTED = ["--batch-norm", "--augment"]
PARTS = ["loop", "study", "growth", "precision"]
CONTENDERS = {
    "plain PyTorch": [*PLAIN, *AUGMENTED],
    "Lightning": LIGHTNING,
    "by hand, float32": TUNED,
    "by hand, compiled, float32": [*TUNED, *COMPILED],
    "Rungs, float32": OURS,
    "by hand, bfloat16": [*TUNED, *BFLOAT16],
    "by hand, compiled, bfloat16": [*TUNED, *COMPILED, *BFLOAT16],
    "Rungs, bfloat16": [*OURS, *BFLOAT16],
}
INSTRUCTIONS = {"avx512f": "AVX-512", "avx512_bf16": "AVX512-BF16", "amx_bf16": "AMX"}
ON_A_GPU = {
    "by hand, CUDA graph, float32": [*TUNED, "--way", "graph"],
    "by hand, CUDA graph, bfloat16": [*TUNED, "--way", "graph", *BFLOAT16],
    "Rungs, float32, CUDA graph": [*OURS, "--cuda-graph"],
    "Rungs, bfloat16, CUDA graph": [*OURS, *BFLOAT16, "--cuda-graph"],
    "Rungs, bfloat16, any kernel": [*OURS, *BFLOAT16, "--any-kernel"],
}


def main() -> None:
    """Measure, print, and write down."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--widths", type=int, nargs="+", default=[16, 64])
    parser.add_argument(
        "--images", type=int, nargs="+", default=[5120, 640], help="training images for each width"
    )
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    args = parser.parse_args()
    some = "" if len(args.only) == len(PARTS) else f" {' '.join(args.only)}"
    name = re.sub(r"[^a-z0-9]+", "-", f"{device_name()}{some}".lower()).strip("-")
    parts, numbers = [heading()], {}

    def write_down(table: str) -> None:
        # After each table, so that none is lost where a later one fails.
        print(table, flush=True)
        parts.append(table)
        files.write(HERE / "results" / f"{name}.md", "\n".join(parts))
        files.write_json(HERE / "results" / f"{name}.json", numbers)

    with tempfile.TemporaryDirectory() as work:
        # What was compiled on another day is no part of a start-up.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = f"{work}/compiled"
        if "loop" in args.only:
            numbers["rates"] = matrix_rates(args.threads)
            for width, images in zip(args.widths, args.images, strict=True):
                data = write_images(Path(work) / f"{images}.npz", images, images // 5)
                numbers[f"width {width}"] = compare(data, width, images, args)
                write_down(
                    table_of(numbers[f"width {width}"], width, images, args, numbers["rates"])
                )
        if "study" in args.only:
            text, numbers["study"] = one_study(
                write_images(Path(work) / "study.npz", 5000, 1000), PLAIN
            )
            write_down(text)
        if "growth" in args.only:
            for measure in (growth_within_a_job, growth_of_techniques):
                text, numbers[measure.__name__] = measure(
                    write_images(Path(work) / "growth.npz", 8000, 500)
                )
                write_down(text)
        if "precision" in args.only:
            for threads in (1, 2):
                numbers[f"gains, threads {threads}"] = called(
                    ["-m", "benchmarks.precision"], {"threads": threads}
                )["rows"]
                write_down(precision.table_of(numbers[f"gains, threads {threads}"], threads))
    kinds.write_table(HERE / "results")
    print(f"written: {HERE.name}/results/{name}.md")


def compare(data: Path, width: int, images: int, args: argparse.Namespace) -> dict[str, dict]:
    """Images per second of each contender (an epoch's training and test), the median over all
    epochs but each first; its start-up and the whole, in seconds of each repeat; and its test
    accuracies."""
    contenders = CONTENDERS | (ON_A_GPU if torch.cuda.is_available() else {})
    found: dict[str, list[dict]] = {name: [] for name in contenders}
    for seed in range(args.repeats):
        for name, command in contenders.items():
            flags = {
                "data": data,
                "width": width,
                "epochs": args.epochs,
                "seed": seed,
                "threads": args.threads,
            }
            found[name].append(called(command, flags))
    results = {}
    for name, repeats in found.items():
        seconds = [second for repeat in repeats for second in repeat["seconds"][1:]]
        epoch = statistics.median(seconds)
        results[name] = {
            "images_per_second": images / epoch,
            "slowest": images / max(seconds),
            "fastest": images / min(seconds),
            "start_up": [repeat["whole"] - args.epochs * epoch for repeat in repeats],
            "whole": [repeat["whole"] for repeat in repeats],
            "accuracies": [repeat["accuracy"] for repeat in repeats],
        }
    return results


def called(command: list[str], flags: dict) -> dict:
    """What a contender's last line says, and how many seconds it took from its start to its end."""
    started = time.perf_counter()
    arguments = [part for key, value in flags.items() for part in (f"--{key}", str(value))]
    done = subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    said = json.loads(done.stdout.splitlines()[-1])
    return said | {"whole": time.perf_counter() - started}


def table_of(
    results: dict, width: int, images: int, args: argparse.Namespace, rates: dict[str, float]
) -> str:
    """One table, its ratios to the plain script's, start-up counted and not, and the layers' share
    of the matrix rate."""
    plain = results["plain PyTorch"]
    operations = 6 * layers_multiply_accumulates(width)
    lines = [
        f"\n## The loop: ten convolutions, width {width}, batch 128, crop and flip, "
        f"{images} images, {args.epochs} epochs\n",
        "| | images/s | slowest to fastest epoch | ratio | start-up, s: at first, then "
        "| ratio, start-up counted | of the matrix rate | test accuracy, mean ± sd |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        speed, accuracies = result["images_per_second"], result["accuracies"]
        rate = rates["bfloat16" if "bfloat16" in name else "float32"]
        deviation = f" ± {statistics.stdev(accuracies):.3f}" if len(accuracies) > 1 else ""
        lines.append(
            f"| {name} | {speed:.0f} | {result['slowest']:.0f} to {result['fastest']:.0f} "
            f"| {speed / plain['images_per_second']:.2f} "
            f"| {', '.join(f'{seconds:.1f}' for seconds in result['start_up'])} "
            f"| {sum(plain['whole']) / sum(result['whole']):.2f} "
            f"| {speed * operations / rate:.0%} | {statistics.mean(accuracies):.3f}{deviation} |"
        )
    return "\n".join(lines) + "\n"


def layers_multiply_accumulates(width: int) -> int:
    """Of one image through the ten convolutions and the linear layer."""
    total, inputs, places = 0, 3, 32 * 32
    for filters in (width, 2 * width, 4 * width, 8 * width, 8 * width):
        total += places * 9 * (inputs * filters + filters * filters)
        inputs, places = filters, places // 4
    return total + inputs * 10


def matrix_rates(threads: int) -> dict[str, float]:
    """Operations per second of a product of two matrices of 4096 x 4096, the best of five."""
    torch.set_num_threads(threads)
    device, rates = "cuda" if torch.cuda.is_available() else "cpu", {}
    formats = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    formats |= {"tf32": torch.float32} if device == "cuda" else {}
    for name, number in formats.items():
        torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
        matrix, seconds = torch.randn(4096, 4096, device=device).to(number), []
        for _ in range(6):
            started = time.perf_counter()
            product = matrix @ matrix
            product[0, 0].item()
            seconds.append(time.perf_counter() - started)
        rates[name] = 2 * 4096**3 / min(seconds[1:])
    torch.backends.cuda.matmul.allow_tf32 = False
    return rates


def write_images(path: Path, train: int, test: int) -> Path:
    """Write an .npz of so many images (uint8 NHWC) and labels.

    They are CIFAR-10's first, or, with no mirror, a noisy pattern per class.
    """
    if os.environ.get("RUNGS_MIRROR"):
        raw = Path("data/raw/cifar10.npz")
        if not raw.exists():
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "stages.download",
                    "--dataset",
                    "cifar10",
                    "--raw",
                    str(raw),
                ],
                check=True,
            )
        with np.load(raw) as data:
            arrays = {
                f"{part}_{kind}": data[f"{part}_{kind}"][:n]
                for part, n in (("train", train), ("test", test))
                for kind in ("images", "labels")
            }
    else:
        random = np.random.default_rng(0)
        patterns = random.integers(256, size=(10, 32, 32, 3))
        arrays = {}
        for part, count in (("train", train), ("test", test)):
            labels = random.integers(10, size=count)
            noise = random.integers(256, size=(count, 32, 32, 3))
            arrays |= {
                f"{part}_images": (0.2 * patterns[labels] + 0.8 * noise).astype(np.uint8),
                f"{part}_labels": labels,
            }
    np.savez(
        path,
        **{
            name: array.astype(np.int64) if name.endswith("labels") else array
            for name, array in arrays.items()
        },
    )
    return path


def device_name() -> str:
    """The GPU's name, or the processor's with its cores, and with those of its instructions that
    decide most: processors of one name may have other ones."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    found = [text for name, text in INSTRUCTIONS.items() if name in instructions()]
    return " ".join([processor(), f"{os.cpu_count()} cores", *found[-1:]])


def heading() -> str:
    """What was measured on what."""
    data = "CIFAR-10" if os.environ.get("RUNGS_MIRROR") else "images of CIFAR-10's shape"
    return f"# {device_name()}\n\ntorch {torch.__version__}, {data}; written by `make benchmark`\n"


if __name__ == "__main__":
    main()
