"""The whole workflow on a GPU by Snakemake: two studies at once share it by the lease and come out
equal; quickstart's time."""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stages import files
from stages.jobs import store_settings

ROOT = Path(__file__).parents[2]
# What a clock or a memory gauge measured.
MEASURED = "cost.json", "cost.csv"


def run(images: dict) -> tuple[str, dict]:
    """Lines for both."""
    if importlib.util.find_spec("snakemake") is None:
        return "\n## The workflow\n\nnot run: Snakemake is not there", {}
    with tempfile.TemporaryDirectory() as folder:
        found = at_once(Path(folder)) | quickstart(Path(folder))
    lines = [f"- {name}: {value}" for name, value in found.items()]
    return "\n".join(["\n## The workflow, by Snakemake\n", *lines]), found


def at_once(folder: Path) -> dict:
    """The tiny study in two folders at once."""
    study = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")
    copies = [copied(folder / name, study.replace("device: cpu", "device: cuda")) for name in "ab"]
    started = [begun(copy) for copy in copies]
    codes = [process.wait() for process in started]
    one, other = (hashes(copy) for copy in copies)
    waited = sum(
        "waiting for a GPU" in log.read_text(encoding="utf-8")
        for copy in copies
        for log in copy.glob("logs/train/**/*.log")
    )
    differ = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    return {
        "two studies at once, exit codes": codes,
        "jobs that waited for the GPU": waited,
        "files, and which of them differ": [len(one), differ],
    }


def quickstart(folder: Path) -> dict:
    """Its wall time, on the GPU and on the CPU's cores."""
    study = (ROOT / "studies" / "quickstart.yaml").read_text(encoding="utf-8")
    found = {}
    for device in ("cuda",):
        changed = study.replace("device: auto", f"device: {device}")
        copy = copied(folder / f"quickstart-{device}", changed)
        started = time.monotonic()
        code = begun(copy).wait()
        found[f"quickstart, device: {device}"] = f"exit {code}, {time.monotonic() - started:.0f} s"
    return found


def copied(to: Path, study: str) -> Path:
    """The project in a folder of its own, with another study."""
    ignored = shutil.ignore_patterns(".git", ".venv", ".snakemake", "runs", "data", "gpu-bundle")
    shutil.copytree(ROOT, to, ignore=ignored, symlinks=True)
    (to / "params.yaml").write_text(study, encoding="utf-8")
    # Each trains for itself, whatever was trained in ROOT.
    files.write(to / store_settings.SETTINGS, store_settings.OFF)
    return to


def begun(project: Path) -> subprocess.Popen:
    """Snakemake at work in a project; what it says goes to a file there."""
    command = [sys.executable, "-m", "snakemake", "--cores", "8"]
    with open(project / "said.txt", "w", encoding="utf-8") as said:
        return subprocess.Popen(command, cwd=project, stdout=said, stderr=subprocess.STDOUT)


def hashes(project: Path) -> dict[str, str]:
    """Of all files that no clock decides."""
    found = [*project.glob("runs/**/*"), *project.glob("reports/tiny/tables/*")]
    return {
        str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
        if path.is_file() and path.name not in MEASURED
    }
