"""Kill a study's run again and again, go on by either engine, compare with an undisturbed run.

python tests/torture.py STUDY.yaml KILLS [SEED]    (in a clone; needs .venv's programs on the PATH)

Each run is killed with all its processes (SIGKILL) at a random moment, every third one as soon as a
checkpoint is being written. At the end: how many restarts went on from an epoch above 0, how many
kills left a half-written checkpoint, how many seconds of training a kill lost at most (counted from
the first epoch on, where there was no checkpoint yet), and whether all files are the same bytes.
"""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conftest import copy_project

COMMANDS = {"snakemake": ["snakemake", "--cores", "2"], "dvc": ["dvc", "repro"]}
UNSTABLE = ("cost.", "train.json", "report.json", "index.html", ".snakemake_timestamp")


def torture(study: Path, kills: int, seed: int, folder: Path, longest: float) -> dict:
    """Run `study` undisturbed and, beside it, with `kills` kills.

    Each comes within `longest` seconds after training has begun.
    """
    calm, killed = (copy_project(folder / name, study) for name in ("calm", "killed"))
    finish(calm, "snakemake")
    draw, resumed, half_written, lost = random.Random(seed), 0, 0, 0.0
    for i in range(kills):
        engine, after = draw.choice(list(COMMANDS)), draw.uniform(0, longest)
        before = half_written_checkpoints(killed)
        seconds = run_and_kill(killed, engine, after, while_writing=i % 3 == 2)
        resumed += went_on(killed)
        half_written += len(half_written_checkpoints(killed) - before)
        lost = max(lost, seconds)
    resumed += finish(killed, draw.choice(list(COMMANDS)))
    same = sums(calm) == sums(killed)
    return {
        "kills": kills,
        "resumed": resumed,
        "half_written": half_written,
        "lost": round(lost, 1),
        "same_bytes": same,
        "files": len(sums(calm)),
    }


def run_and_kill(project: Path, engine: str, after: float, while_writing: bool) -> float:
    """Start the study and kill it `after` seconds of training.

    Returns the seconds since a job's last checkpoint, or its first epoch.
    """
    process, seen = start(project, engine), {}
    while process.poll() is None and not training(project, seen):
        time.sleep(0.05)
    deadline = time.monotonic() + after
    while process.poll() is None and time.monotonic() < deadline:
        training(project, seen)
        time.sleep(0.02)
    deadline += 3
    while (
        process.poll() is None
        and while_writing
        and time.monotonic() < deadline
        and not half_written_checkpoints(project, young=True)
    ):
        pass
    if process.poll() is not None:
        return 0.0
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return max((time.time() - since for since in last_kept(project, seen)), default=0.0)


def half_written_checkpoints(project: Path, young: bool = False) -> set[Path]:
    """The files beside checkpoints that a write has not yet renamed.

    With `young`, only those of the last second.
    """
    found = set((project / "runs").glob("*/*/*/..checkpoint-*.partial"))
    return {
        path
        for path in found
        if not young or (path.exists() and time.time() - path.stat().st_mtime < 1)
    }


def last_kept(project: Path, seen: dict[Path, float]) -> list[float]:
    """For each rung in training: when it last wrote a checkpoint, or ended its first epoch."""
    times = []
    for log, began in seen.items():
        run = (
            project
            / "runs"
            / log.relative_to(project / "logs")
            .with_suffix("")
            .as_posix()
            .replace("/train/", "/", 1)
        )
        if not (run / "recipe.json").exists():
            times.append(
                max([began, *(path.stat().st_mtime for path in run.glob(".checkpoint-*"))])
            )
    return times


def finish(project: Path, engine: str) -> bool:
    """Run the study to its end; whether the logs show that it went on from an epoch above 0."""
    process = start(project, engine)
    output = process.communicate()[0]
    assert process.returncode == 0, output
    return went_on(project)


def start(project: Path, engine: str) -> subprocess.Popen:
    """Start an engine in a process group of its own, without a killed one's lock."""
    for log in (project / "logs").rglob("*.log"):
        log.unlink()
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    }
    subprocess.run(
        ["snakemake", "--unlock", "--cores", "1"], cwd=project, env=environment, capture_output=True
    )
    options = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "stdin": subprocess.DEVNULL,
        "text": True,
    }
    return subprocess.Popen(
        COMMANDS[engine], cwd=project, env=environment, start_new_session=True, **options
    )


def training(project: Path, seen: dict[Path, float]) -> bool:
    """Whether some job has written an epoch's line.

    When each of them was first seen to have one is noted in `seen`.
    """
    for log in (project / "logs").glob("*/train/*/*.log"):
        if "epoch" in log.read_text(encoding="utf-8"):
            seen.setdefault(log, time.time())
    return bool(seen)


def went_on(project: Path) -> bool:
    """Whether a log of this run tells of a checkpoint of an epoch above 0."""
    logs = [log.read_text(encoding="utf-8") for log in (project / "logs").glob("*/train/*/*.log")]
    return any(
        int(epoch) > 0 for log in logs for epoch in re.findall(r"goes on after epoch (\d+)", log)
    )


def sums(project: Path) -> dict[str, str]:
    """The hash of every file that was made, but for those that tell what a clock measured.

    A leftover checkpoint would show.
    """
    paths = [
        path
        for name in ("data", "runs", "reports")
        for path in (project / name).rglob("*")
        if path.is_file()
    ]
    stable = [path for path in paths if not any(mark in path.name for mark in UNSTABLE)]
    return {
        str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in stable
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        outcome = torture(
            Path(sys.argv[1]),
            int(sys.argv[2]),
            int((sys.argv[3:] or ["0"])[0]),
            Path(work),
            longest=25,
        )
    print(outcome)
    sys.exit(not outcome["same_bytes"])
