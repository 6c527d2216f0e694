"""What would run where, and why, on one screen: `make doctor`. A bug report can start with it.

Nothing is changed, and torch is not imported: it says what the system, the study and the engines'
settings say.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from stages import command, records
from stages.command import Problem
from stages.jobs import git, lease, machine, store, store_settings, threads
from stages.study.params import PARAMS
from stages.study.study import load
from stages.workflow import engines, graph

# Variables that lead jobs, or downloads, elsewhere; what those of proxies hold may be a password.
SHOWN = ("CUDA_VISIBLE_DEVICES", "OMP_THREAD_LIMIT", "TMPDIR")
NAMED = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "PYTHONPATH",
    "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS",
    "LD_PRELOAD",
)  # fmt: skip


def main() -> None:
    """Print a line for each thing that decides what would run where."""
    for name, say in LINES.items():
        print(f"{name:<10}{_said(say)}")


def _said(say: Callable[[], str]) -> str:
    """What is to be said, or the problem with it."""
    try:
        return say()
    except (OSError, Problem) as problem:
        return f"problem: {problem}"


def _code() -> str:
    commit, reason = git.commit(records.ROOT)
    return f"{records.ROOT}, {f'commit {commit[:12]}' if commit else f'no commit: {reason}'}"


def _python() -> str:
    return f"{platform.python_version()}, {sys.executable}, on {platform.platform()}"


def _study() -> str:
    study, left = load(PARAMS), graph.left()
    first = f", {left[0]} first" if left else ""
    return f"{study.study} of {PARAMS}: {len(left)} jobs would run{first}"


def _device() -> str:
    wanted = load(PARAMS).device
    lease.refuse_missing(wanted)
    gpus = [] if wanted == "cpu" else lease.visible()
    if gpus:
        return f"{wanted}: a GPU for each training job, of {', '.join(gpus)}"
    return f"{wanted}: the CPU{'' if wanted == 'cpu' else f', because {lease.why_none()}'}"


def _threads() -> str:
    wanted = load(PARAMS).threads
    threads.refuse_limit(wanted)
    return f"{wanted} for each training job, as the study says"


def _cores() -> str:
    most, why = machine.jobs()
    return f"{most} {why}"


def _memory() -> str:
    return f"{machine.gib(machine.memory())} for all jobs together"


def _disk() -> str:
    places = {"here": Path(), "temporary files": Path(tempfile.gettempdir())}
    free = (f"{machine.gib(shutil.disk_usage(at).free)} {name}" for name, at in places.items())
    return f"free: {', '.join(free)} ({tempfile.gettempdir()})"


def _data() -> str:
    there = [name for name in load(PARAMS).datasets if Path(f"data/raw/{name}.npz").is_file()]
    mirror = "set (RUNGS_MIRROR)" if os.environ.get("RUNGS_MIRROR") else "none"
    return f"there: {', '.join(there) or 'none yet'}; mirror: {mirror}"


def _store() -> str:
    wanted, limit = store_settings.settings()
    if not wanted:
        return "off"
    return f"{store.summary()}, of {limit / 10**9:g} GB"


def _dvc() -> str:
    remotes = subprocess.run(
        [sys.executable, "-m", "dvc", "remote", "list"],
        env=git.environment(), capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if remotes.returncode != 0:
        return f"problem: {next(iter(remotes.stderr.strip().splitlines()), 'it says nothing')}"
    names = [line.split()[0] for line in remotes.stdout.splitlines() if line.strip()]
    link = engines.behind_a_link(load(PARAMS))
    return f"remotes: {', '.join(names) or 'none'}{f'; {link}' if link else ''}"


def _variables() -> str:
    found = [f"{name}={os.environ[name]}" for name in SHOWN if name in os.environ]
    return ", ".join([*found, *(name for name in NAMED if name in os.environ)]) or "none"


LINES: dict[str, Callable[[], str]] = {
    "code": _code,
    "python": _python,
    "study": _study,
    "device": _device,
    "threads": _threads,
    "cores": _cores,
    "memory": _memory,
    "disk": _disk,
    "data": _data,
    "store": _store,
    "dvc": _dvc,
    "variables": _variables,
}


if __name__ == "__main__":
    command.run(main)
