"""What a GPU makes of the project: whether it computes the same in every way it may be told to, how
fast it is beside other ways to train, and what does not fit; `make gpu-check`.

Each part is a process of its own with a time limit, so that one failure leaves the others' results.
Writes {results}/{device}.md and .json after each. Where there is no GPU, it says so and measures
nothing.
"""

import argparse
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.__main__ import device_name, write_images
from stages import files

HERE = Path(__file__).parent
# Real ones, where a bundle brings them (gpu_bundle.py).
BUNDLED = HERE.parent / "data" / "images.npz"
# Part → the most seconds that it may take.
PARTS = {"correct": 200, "memory": 60, "inside": 90, "formats": 100, "loop": 260, "workflow": 150}


def main() -> None:
    """Run the parts that are asked for, one after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS))
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--images", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        one_part(args.part, args.images)
    elif torch.cuda.is_available():
        all_parts(args.only, args.results)
    else:
        print(f"no GPU that torch {torch.__version__} can use: left out {', '.join(args.only)}")


def all_parts(names: list[str], results: Path) -> None:
    """Print and write down what each says."""
    where = re.sub(r"[^a-z0-9]+", "-", device_name().lower()).strip("-")
    with tempfile.TemporaryDirectory() as folder:
        images = BUNDLED if BUNDLED.is_file() else write_images(Path(folder) / "i.npz", 6000, 2000)
        real = "CIFAR-10's" if BUNDLED.is_file() else "made-up"
        texts, numbers = (
            [
                f"# {device_name()}\n\ntorch {torch.__version__}, {real} images; written "
                "by `make gpu-check`\n"
            ],
            {},
        )
        for name in names:
            started = time.monotonic()
            text, numbers[name] = said(name, images)
            texts.append(f"{text}\n\n({name}: {time.monotonic() - started:.0f} s)")
            print(texts[-1], flush=True)
            files.write(results / f"{where}.md", "\n".join(texts) + "\n")
            files.write_json(results / f"{where}.json", numbers)


def said(name: str, images: Path) -> tuple[str, dict]:
    """What a part says, and its numbers."""
    command = [sys.executable, "-m", "benchmarks.gpu_check", "--part", name, "--images", images]
    try:
        done = subprocess.run(
            command, cwd=HERE.parent, capture_output=True, text=True, timeout=PARTS[name]
        )
    except subprocess.TimeoutExpired as late:
        said_so_far = (late.stdout or b"").decode(errors="replace")[-2000:]
        return f"\n{name}: not done after {PARTS[name]} s\n{said_so_far}", {}
    if done.returncode != 0:
        return f"\n{name}: failed\n{done.stderr[-2000:]}", {}
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def one_part(name: str, images: Path) -> None:
    """Run a part in this process; its last line is what it says, in JSON."""
    with np.load(images) as arrays:
        found = importlib.import_module(f"benchmarks.gpu.{name}").run(dict(arrays))
    print(json.dumps(found), flush=True)
    # Not waiting for what torch's compiler has started.
    os._exit(0)


if __name__ == "__main__":
    main()
