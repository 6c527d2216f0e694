"""What a job read, by which code, and what it wrote, as hashes in a file beside what it wrote.

Records decide which jobs must run (workflow/plan.py), and by them a job sees whether what it reads
is what the job before it wrote. They hold no dates, which neither git nor DVC keeps.
"""

import ast
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from stages import files
from stages.command import Problem
from stages.study import syntax

ROOT = Path(__file__).parent.parent
# What each stage writes into the folder of its record.
WRITES = {
    "normalize": [
        "train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy",
        "classes.json", "facts.json",
    ],
    "train": [
        "recipe.json", "weights.safetensors", "history.csv", "diagnostics.csv", "histograms.csv",
        "layers.csv", "predictions.npz", "record.json", "cost.json",
    ],
    "ensemble": ["recipe.json", "predictions.npz"],
    "evaluate": [
        "metrics.json", "members.csv", "per_class.csv", "confusion.csv", "curve.csv",
        "calibration.csv", "references.csv", "robustness.csv", "scores.npz", "images.npz",
        "data.json",
    ],
    "report": ["index.html", "summary.md", "tables", "figures", "metrics.json", "best"],
}  # fmt: skip
# The code of a stage: its door, and rooms or modules. Command.py, which all stages have, and this
# module say nothing of what comes out. Training's code is part of the recipes.
CODE = {
    "check": ("",),
    "download": (
        "download.py", "datasets/__init__.py", "datasets/kept.py", "datasets/official.py",
        "datasets/web.py",
    ),
    "normalize": ("normalize.py", "files.py", "datasets/__init__.py", "datasets/likeness.py"),
    "train": (),
    "ensemble": ("ensemble.py",),
    "evaluate": ("evaluate.py", "files.py", "scoring/"),
    "report": (
        "report.py", "files.py", "lessons/", "page/", "scoring/", "study/", "techniques/",
        "training/exported.py",
    ),
}  # fmt: skip
# Trainings come after these: what only people read there must not train anything.
BEFORE_TRAINING = ("download", "normalize")
# Hidden files, and an editor's copies: of Emacs, Vim, patch and merges.
LEFT_BEHIND = re.compile(r"\..+|#.*#|.*~|.*\.(orig|rej)")
# The keys of a record, and what they hold.
FORM = {"code": str, "read": dict, "wrote": dict}
_CHANGED = "changed while this job was at work; run snakemake or dvc repro again"


def code_of(stage: str) -> list[str]:
    """The files of this project's code that a stage runs, below the project's folder."""
    found = (ROOT / "stages" / part for part in CODE[stage])
    return sorted(file.relative_to(ROOT).as_posix() for path in found for file in below(path))


def code_digest(stage: str, sha256: Callable[[Path], str] = files.sha256) -> str:
    """One hash of the names and contents of the code that a stage runs; of a stage before training,
    of what the code does."""
    sha256 = code_sha256 if stage in BEFORE_TRAINING else sha256
    named = (f"{name} {sha256(ROOT / name)}\n" for name in code_of(stage))
    return hashlib.sha256("".join(named).encode()).hexdigest()


def code_sha256(path: Path) -> str:
    """The SHA-256 of what a Python file says to Python, without comments and docstrings; of its
    content, where it is no Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return files.sha256(path)
    syntax.remove_prose(list(ast.walk(tree)))
    return hashlib.sha256(syntax.form(tree).encode()).hexdigest()


def below(path: Path) -> list[Path]:
    """A file itself, or all files below a folder, but for what is_ours leaves out; none where
    neither is there."""
    if path.is_file():
        return [path]
    found = (file for file in path.rglob("*") if is_ours(file.relative_to(path)))
    return sorted(file for file in found if file.is_file())


def is_ours(file: Path) -> bool:
    """Whether a file, seen from the project or a folder of it, is neither bytecode nor what
    editors, systems, engines and unfinished writing leave behind (.dvcignore says the same)."""
    return not any(part == "__pycache__" or LEFT_BEHIND.fullmatch(part) for part in file.parts)


def read(*paths: Path) -> dict[str, str]:
    """{path: SHA-256} of the files that a job reads, and of all files below folders.

    Raises Problem for a file that is not what the job before it wrote, as the record beside it
    says; FileNotFoundError where there is none.
    """
    found: dict[str, str] = {}
    for path in paths:
        for file in below(path) if path.is_dir() else [path]:
            found[str(file)] = files.sha256(file)
            _refuse_other(file, found[str(file)])
    return found


def write(
    record: Path, stage: str, reads: dict[str, str], writes: Iterable[Path], code: str
) -> None:
    """Write the record of a job of `stage` that read `reads`, ran `code` (a digest, taken as it
    began) and wrote the files `writes`, or all files below these.

    Raises Problem where what it read or ran has changed since: DVC looks at both only now, and
    would take this for what came of them.
    """
    for path, digest in reads.items():
        if if_there(files.sha256, Path(path)) != digest:
            raise Problem(f"{path}: {_CHANGED}")
    if code_digest(stage) != code:
        raise Problem(f"stages/{stage}.py or what it imports: {_CHANGED}")
    content = {"code": code, "read": reads, "wrote": wrote(record, writes)}
    files.write_json(record, content)


def wrote(
    record: Path, writes: Iterable[Path], sha256: Callable[[Path], str] = files.sha256
) -> dict[str, str]:
    """{name, seen from the folder of `record`: SHA-256} of files, and of all files below folders;
    those that are not there are left out."""
    found = {file: if_there(sha256, file) for path in writes for file in below(path)}
    return {name(record, file): digest for file, digest in found.items() if digest}


def if_there(sha256: Callable[[Path], str], file: Path) -> str | None:
    """The hash of a file; None where it has gone meanwhile."""
    try:
        return sha256(file)
    except FileNotFoundError:
        return None


def name(record: Path, file: Path) -> str:
    """The name that a file has in the record of the job that wrote it."""
    return Path(os.path.relpath(file, record.parent)).as_posix()


def of(path: Path) -> dict:
    """The record `path`; an empty one where there is none, or what is there is no record."""
    found = files.json_if_whole(path)
    whole = {key: type(value) for key, value in found.items()} == FORM
    return found if whole else {}


def _refuse_other(file: Path, digest: str) -> None:
    """Raise Problem where the records beside a file name it, and none as it is: there may be one of
    what had this name before."""
    promised = [
        (stage, record, of(record)["wrote"][name(record, file)])
        for stage, record in _beside(file)
        if name(record, file) in of(record).get("wrote", {})
    ]
    if promised and all(wanted != digest for *_, wanted in promised):
        stage, record, _ = promised[0]
        text = f"is not what {stage} wrote, as {record} has it; it was changed or damaged since"
        raise Problem(f"{file}: {text}; run snakemake or dvc repro, which make it again")


def _beside(file: Path) -> list[tuple[str, Path]]:
    """The stages that may have written a file, and where the record of each would be."""
    above = file.parent, file.parent.parent
    return [
        *((stage, file.with_name(f"{stage}.json")) for stage in WRITES),
        ("download", file.with_suffix(".json")),
        *(("check", Path(f"{folder}.check.json")) for folder in above),
    ]
