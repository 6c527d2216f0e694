"""A folder that checks a GPU on a machine with neither a network nor this project's packages.

`make gpu-bundle` writes gpu-bundle/ anew: the tracked files, the wheels that Python 3.12 with BASE
lacks, and real images where RUNGS_MIRROR names a mirror. Copy it there, then `bash run.sh`.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from stages import command, files
from stages.jobs import git

ROOT = Path(__file__).parent.parent
BUNDLE = Path("gpu-bundle")
BASE = [
    "torch", "torchvision", "numpy", "pandas", "scipy", "scikit-learn", "seaborn", "jinja2",
    "safetensors",
]  # fmt: skip
# A run works without DVC, and writes event files only where a study asks for them.
LEFT_OUT = {"dvc", "tensorboard"}
TARGET = {
    "implementation_name": "cpython",
    "implementation_version": "3.12.0",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.12.0",
    "python_version": "3.12",
    "sys_platform": "linux",
}
PLATFORMS = ["manylinux_2_28", "manylinux_2_17", "manylinux2014", "manylinux_2_5", "manylinux1"]
TRAIN, TEST = 6000, 2000
LIMIT = 60_000_000


def main() -> None:
    """Write gpu-bundle/, and say what is in it; raises Problem where it is over 60 MB."""
    if (ROOT / BUNDLE).exists():
        shutil.rmtree(ROOT / BUNDLE)
    copy_project(ROOT / BUNDLE)
    for name in collect(missing(roots(), BASE, required), ROOT / BUNDLE):
        print(name)
    print(write_images(ROOT / BUNDLE / "data" / "images.npz"))
    size = checked_size(ROOT / BUNDLE)
    # Last, so that only a whole bundle can be run.
    shutil.copy(ROOT / "benchmarks" / "gpu_bundle.sh", ROOT / BUNDLE / "run.sh")
    print(f"written: {BUNDLE}, {size / 1e6:.1f} MB; on the machine with the GPU: bash run.sh")


def roots() -> list[str]:
    """The project's requirements without those of LEFT_OUT."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [line for line in project["dependencies"] if Requirement(line).name not in LEFT_OUT]


def required(name: str) -> list[str]:
    """What an installed package requires, with markers; nothing of one that isn't installed."""
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def closure(
    requirements: Iterable[str], requires: Callable[[str], list[str]]
) -> dict[str, list[SpecifierSet]]:
    """All packages that `requirements` need on TARGET, themselves too → the versions asked for."""
    asked, seen = defaultdict(list), set()
    todo = [Requirement(line) for line in requirements]
    while todo:
        needed = todo.pop()
        name = canonicalize_name(needed.name)
        asked[name].append(needed.specifier)
        for extra in {"", *needed.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                environment = TARGET | {"extra": extra}
                lines = [Requirement(line) for line in requires(name)]
                todo += [x for x in lines if x.marker is None or x.marker.evaluate(environment)]
    return dict(asked)


def missing(
    project: Iterable[str], base: Iterable[str], requires: Callable[[str], list[str]]
) -> list[str]:
    """What `project` needs and `base` doesn't bring, or, where it isn't named, too old maybe."""
    needed, there = closure(project, requires), closure(base, requires)
    shared = needed.keys() & there.keys() - {canonicalize_name(Requirement(x).name) for x in base}
    newer = {name for name in shared if _least(needed[name]) > _least(there[name])}
    return sorted((needed.keys() - there.keys()) | newer)


def _least(asked: list[SpecifierSet]) -> Version:
    """The oldest version that fits all; other limits than the usual >= and ~= don't count."""
    bounds = [one for every in asked for one in every if one.operator in (">=", "~=")]
    return max([Version(one.version) for one in bounds], default=Version("0"))


def collect(names: list[str], bundle: Path) -> list[str]:
    """Put wheels of the installed versions into wheels/, and what has none into copied/; what
    was put where."""
    pins = {f"{name}=={importlib.metadata.version(name)}": name for name in names}
    without = download(list(pins), bundle / "wheels")
    for pin in without:
        copy_installed(pins[pin], bundle / "copied")
    wheels = sorted(wheel.name for wheel in (bundle / "wheels").iterdir())
    return wheels + [f"{pin}, copied" for pin in without]


def download(pins: list[str], folder: Path) -> list[str]:
    """Download wheels for TARGET of NAME==VERSION; the pins that have none. Raises Problem."""
    platforms = [word for name in PLATFORMS for word in ("--platform", f"{name}_x86_64")]
    target = ["--python-version", "3.12", "--implementation", "cp", *platforms]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    without: list[str] = []
    while left := [pin for pin in pins if pin not in without]:
        done = subprocess.run(
            [*pip, *target, "--dest", str(folder), *left],
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if done.returncode == 0:
            break
        none = re.search(r"No matching distribution found for (\S+)", done.stderr)
        if none is None or none[1] not in left:
            raise command.Problem(f"pip download left with {done.returncode}: {done.stderr[-500:]}")
        without.append(none[1])
    return without


def copy_installed(name: str, folder: Path) -> None:
    """Copy a package out of this environment by its RECORD; raises Problem where it is compiled."""
    listed = importlib.metadata.files(name) or []
    if not listed or any(path.suffix in (".so", ".pyd", ".dylib") for path in listed):
        raise command.Problem(
            f"{name}: pip finds no wheel for Python 3.12 on Linux, and only pure Python can be "
            "copied; see that the package index can be reached, or require another version"
        )
    for path in listed:
        if ".." not in path.parts and "__pycache__" not in path.parts:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path.locate(), folder / path)


def copy_project(bundle: Path) -> None:
    """Copy the tracked files as they are now; raises Problem where git can't list them."""
    if not (git.is_repository(ROOT) and git.is_installed()):
        raise command.Problem(
            f"{BUNDLE}: git lists what belongs to the project, and there is no git here; "
            "install it, and clone the project instead of downloading a ZIP"
        )
    for name in git.ask("ls-files", "-z", folder=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (bundle / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, bundle / name)


def write_images(path: Path) -> str:
    """Write CIFAR-10's first images (uint8, NHWC) where there is a mirror; a line about it.

    Raises Problem where the mirror lacks them.
    """
    if not os.environ.get("RUNGS_MIRROR"):
        return "no images: RUNGS_MIRROR names no mirror"
    from benchmarks import __main__ as benchmarks

    with tempfile.TemporaryDirectory() as work:
        try:
            plain = benchmarks.write_images(Path(work) / "images.npz", TRAIN, TEST)
        except subprocess.CalledProcessError:
            # The stage has said why, in a line.
            raise command.Problem(
                "CIFAR-10 can't be had; correct RUNGS_MIRROR, or unset it for no images"
            ) from None
        with np.load(plain) as arrays:
            files.write_arrays(path, **arrays)
    return f"data/images.npz: CIFAR-10's first {TRAIN} training and {TEST} test images"


def checked_size(bundle: Path) -> int:
    """The bytes of all files; raises Problem above LIMIT."""
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    if size > LIMIT:
        raise command.Problem(
            f"{bundle.name}: {size / 1e6:.1f} MB, and {LIMIT / 1e6:.0f} MB are allowed; unset "
            "RUNGS_MIRROR to leave out the images, or require fewer packages"
        )
    return size


if __name__ == "__main__":
    command.run(main)
