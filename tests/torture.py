"""Kill a study's run again and again, go on by either engine, and compare what comes out with an undisturbed run.

python tests/torture.py STUDY.yaml KILLS [SEED]        (in a clone; needs .venv's programs on the PATH)

Each run is killed with all its processes (SIGKILL) at a random moment. At the end: how many restarts went on from an epoch above 0, and
whether all files are the same bytes.
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
UNSTABLE = ("cost.", "index.html", ".snakemake_timestamp")


def torture(study: Path, kills: int, seed: int, folder: Path, longest: float) -> dict:
    """Run `study` undisturbed and, beside it, with `kills` kills, each within `longest` seconds after training has begun."""
    calm, killed = (copy_project(folder / name, study) for name in ("calm", "killed"))
    finish(calm, "snakemake")
    draw, resumed = random.Random(seed), 0
    for _ in range(kills):
        resumed += run_and_kill(killed, draw.choice(list(COMMANDS)), draw.uniform(0, longest))
    resumed += finish(killed, draw.choice(list(COMMANDS)))
    return {"kills": kills, "resumed": resumed, "same_bytes": sums(calm) == sums(killed), "files": len(sums(calm))}


def run_and_kill(project: Path, engine: str, after: float) -> bool:
    """Start the study and kill it `after` seconds of training; whether the logs show that it went on from an epoch above 0."""
    process = start(project, engine)
    before = set((project / "runs").rglob(".checkpoint-*"))
    while process.poll() is None and not training(project):
        time.sleep(0.05)
    deadline = time.monotonic() + after
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return bool(before) and went_on(project)


def finish(project: Path, engine: str) -> bool:
    """Run the study to its end; whether the logs show that it went on from an epoch above 0."""
    process = start(project, engine)
    output = process.communicate()[0]
    assert process.returncode == 0, output
    return went_on(project)


def start(project: Path, engine: str) -> subprocess.Popen:
    """Start an engine in a process group of its own, after what a killed one may have left: its lock."""
    for log in (project / "logs").rglob("*.log"):
        log.unlink()
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["snakemake", "--unlock", "--cores", "1"], cwd=project, env=environment, capture_output=True)
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True}
    return subprocess.Popen(COMMANDS[engine], cwd=project, env=environment, start_new_session=True, **options)


def training(project: Path) -> bool:
    """Whether some job has written an epoch's line."""
    return any("epoch" in log.read_text() for log in (project / "logs").glob("*/train/*/*.log"))


def went_on(project: Path) -> bool:
    """Whether a log of this run tells of a checkpoint of an epoch above 0."""
    logs = [log.read_text() for log in (project / "logs").glob("*/train/*/*.log")]
    return any(int(epoch) > 0 for log in logs for epoch in re.findall(r"goes on after epoch (\d+)", log))


def sums(project: Path) -> dict[str, str]:
    """The hash of every file that was made, but for those that tell what a clock measured; a leftover checkpoint would show."""
    paths = [path for name in ("data", "runs", "reports") for path in (project / name).rglob("*") if path.is_file()]
    stable = [path for path in paths if not path.name.startswith(UNSTABLE)]
    return {str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest() for path in stable}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        outcome = torture(Path(sys.argv[1]), int(sys.argv[2]), int((sys.argv[3:] or ["0"])[0]), Path(work), longest=25)
    print(outcome)
    sys.exit(not outcome["same_bytes"])
