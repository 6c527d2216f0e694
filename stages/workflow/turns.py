"""Snakemake and DVC take turns: who comes while the other is at work is refused in one line that
names it."""

import fcntl
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from stages import files
from stages.command import RUNNING, STAGE, Problem

# DVC writes here which process reads and writes what, while a stage runs.
AT_WORK = Path(".dvc/tmp/rwlock")


def take() -> int:
    """Lock a file until this process ends, by which DVC's stages know that Snakemake is at work
    (command.py); the descriptor of that file. Raises Problem where DVC is at work."""
    RUNNING.parent.mkdir(parents=True, exist_ok=True)
    held = os.open(RUNNING, os.O_CREAT | os.O_RDWR)
    # Shared by several Snakemakes; where a file system has no locks, nobody is kept out.
    with suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_SH)
    # After the lock is taken, so that no stage begins between the two unseen.
    if processes := _of_dvc():
        what = "wait until it is done, and run snakemake again"
        os.close(held)
        raise Problem(f"dvc is at work in this folder (process {min(processes)}); {what}")
    # Where DVC has started this Snakemake, its jobs are not DVC's.
    os.environ.pop(STAGE, None)
    return held


def end_as_terminated() -> None:
    """Let a terminal that is closed end Snakemake as SIGTERM does: once the jobs at work have
    ended, without a lock on the folder. Where that is ignored, as by nohup, it stays so."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def _of_dvc() -> set[int]:
    """The running processes of DVC that have a stage of this folder; none where what it wrote down
    has another form than DVC 3.67's."""
    held = files.json_if_whole(AT_WORK)
    try:
        read = [entry["pid"] for entries in held["read"].values() for entry in entries]
        found = {*read, *(entry["pid"] for entry in held["write"].values())}
        return {number for number in found if _runs(number)} - {os.getppid()}
    except (AttributeError, KeyError, TypeError):
        return set()


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True
