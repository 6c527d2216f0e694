"""One table of all devices that were measured: how many times as fast as the plain script the best
loop by hand is, and Rungs, each row from one run.

python -m benchmarks.kinds writes benchmarks/results/README.md from the results beside it.
"""

import json
from pathlib import Path

from stages import files

RESULTS = Path(__file__).parent / "results"
FORMATS = "float32", "bfloat16"
FAMILIES = "by hand", "Rungs"
HEAD = """# Times as fast as the plain script, by device

Ten convolutions with batch normalization, batch 128, crop and flip, start-up not counted. *By hand*
is the fastest of `benchmarks/tuned.py`, compiled or not, and on a GPU in a CUDA graph; *Rungs* is
the fastest of its own settings, one network at a time or several. Each row is of one run; the
devices' own files hold all contenders. Written by `make benchmark`.

| device | width | plain script, images/s | by hand, float32 | Rungs, float32 | by hand, bfloat16 \
| Rungs, bfloat16 |
|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Write the table."""
    write_table(RESULTS)


def write_table(results: Path) -> None:
    """README.md in the folder `results`, from the files of devices there."""
    rows = [row for path in sorted(results.glob("*.json")) for row in rows_of(path)]
    files.write(results / "README.md", HEAD + "".join(f"{row}\n" for row in rows))


def rows_of(path: Path) -> list[str]:
    """A row for each width that was measured on a device; none where its loop was not."""
    found = json.loads(path.read_text(encoding="utf-8"))
    name = path.with_suffix(".md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    # `make gpu-check` has its parts one level deeper.
    of_widths = {
        width: {name: speed_of(told) for name, told in contenders.items()}
        for width, contenders in found.get("loop", found).items()
        if width.startswith("width ")
    }
    device = f"[{name}]({path.stem}.md)"
    return [f"| {device} | {row(width, speeds)} |" for width, speeds in of_widths.items()]


def speed_of(told: dict | float) -> float:
    """Images per second, of what a file says of a contender."""
    return told["images_per_second"] if isinstance(told, dict) else told


def row(width: str, speeds: dict[str, float]) -> str:
    """The cells of a width: the plain script's images per second, then ratios to it."""
    plain = speeds["plain PyTorch"]
    best = [fastest(speeds, family, format) for format in FORMATS for family in FAMILIES]
    ratios = ["–" if speed is None else f"{speed / plain:.2f}" for speed in best]
    return " | ".join([width.removeprefix("width "), f"{plain:,.0f}", *ratios])


def fastest(speeds: dict[str, float], family: str, format: str) -> float | None:
    """Of the contenders of a family that compute in a format."""
    of_family = {name: speed for name, speed in speeds.items() if name.startswith(family)}
    return max((of_family[name] for name in of_family if format_of(name) == format), default=None)


def format_of(name: str) -> str:
    """The number format that a contender's name says; bfloat16, what a GPU takes, where it says
    none."""
    return next((format for format in ("float32", "tf32") if format in name), "bfloat16")


if __name__ == "__main__":
    main()
