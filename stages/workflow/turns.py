"""Snakemake and DVC take turns: who comes while the other is at work is refused in one line that
names it."""

import fcntl
import os
from pathlib import Path

from stages import files
from stages.command import RUNNING, STAGE, Problem

# DVC writes here which process reads and writes what, while a stage runs.
AT_WORK = Path(".dvc/tmp/rwlock")


def take() -> int:
    """Lock a file until this process ends, by which DVC's stages know that Snakemake is at work
    (command.py); the descriptor of that file. Raises Problem where DVC is at work."""
    if processes := _of_dvc():
        what = "wait until it is done, and run snakemake again"
        raise Problem(f"dvc is at work in this folder (process {min(processes)}); {what}")
    # Where DVC has started this Snakemake, its jobs are not DVC's.
    os.environ.pop(STAGE, None)
    RUNNING.parent.mkdir(parents=True, exist_ok=True)
    held = os.open(RUNNING, os.O_CREAT | os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def _of_dvc() -> set[int]:
    """The running processes of DVC that have a stage of this folder."""
    try:
        held = files.read_json(AT_WORK)
    except (OSError, ValueError):
        return set()
    read = (entry for entries in held.get("read", {}).values() for entry in entries)
    found = {entry["pid"] for entry in [*held.get("write", {}).values(), *read]}
    return {number for number in found if _runs(number)} - {os.getppid()}


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
