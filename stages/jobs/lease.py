"""One GPU, one job: each training job takes a GPU of this machine for itself before torch is
imported, and sees no other.

A lease is a lock on a file per GPU, in the folder for temporary files; the system lets go of it
when the process ends, however it does.
"""

import fcntl
import logging
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import IO

from stages.command import LOG, Problem

VISIBLE = "CUDA_VISIBLE_DEVICES"
DEVICES = Path("/dev")
NO_GPU = "this machine has no GPU that its driver tells of"
FAILS = "nvidia-smi fails and says:"
ASK_AGAIN_SECONDS = 0.5


@contextmanager
def gpu(wanted: str) -> Iterator[str]:
    """Hold a GPU for `auto`, `cuda` (whichever is free) or `cuda:N` (the N-th that may be
    used), waiting until there is one.

    Inside, CUDA_VISIBLE_DEVICES names that GPU alone. Gives the device as torch then calls it:
    `cuda`; or `cpu`, where that is wanted, or `auto` is and there is no GPU. Raises Problem where
    the GPU that is wanted isn't there.
    """
    gpus = [] if wanted == "cpu" else _choose(wanted, visible())
    if not gpus:
        if wanted == "auto":
            why = why_none()
            LOG.log(logging.DEBUG if why == NO_GPU else logging.INFO, "on the CPU: %s", why)
        yield "cpu"
        return
    before = os.environ.get(VISIBLE)
    with ExitStack() as held:
        os.environ[VISIBLE] = held.enter_context(_one_of(gpus))
        try:
            yield "cuda"
        finally:
            os.environ.pop(VISIBLE) if before is None else os.environ.update({VISIBLE: before})


def refuse_missing(wanted: str) -> None:
    """Raise Problem where the GPU that `wanted` names isn't there;
    whether it is free is not asked."""
    if wanted.startswith("cuda"):
        _choose(wanted, visible())


def visible() -> list[str]:
    """The GPUs that this process may use, in order, by names that all processes share: their UUIDs,
    where NVIDIA's tool tells them."""
    installed, allowed = _installed(), os.environ.get(VISIBLE)
    if allowed is None:
        return installed
    # Numbers are places in the order of the bus, as nvidia-smi has them. CUDA's own order is
    # another on machines with unlike GPUs.
    names = [_full(name.strip(), installed) for name in allowed.split(",")]
    # As CUDA does, which takes those before the first that is not there.
    return list(takewhile(bool, names))


def why_none() -> str:
    """Why this process may use no GPU, in a few words; NO_GPU, where that is no surprise."""
    allowed, said = os.environ.get(VISIBLE, "").strip(), _tool()
    if said is not None and said.returncode != 0:
        return f"{FAILS} {_first_line(said)}"
    if allowed in ("", "-1"):
        return NO_GPU if VISIBLE not in os.environ else f"{VISIBLE} is {allowed or 'empty'}"
    return f"{VISIBLE}={allowed} names none of the {len(_installed())} GPUs that this machine has"


def _full(name: str, installed: list[str]) -> str:
    """The UUID of the GPU that is meant by a number or by the beginning of a UUID, a part of a GPU
    (MIG) as it is; nothing for one that is not there."""
    if name.isdigit():
        return installed[int(name)] if int(name) < len(installed) else ""
    if name.startswith("MIG-"):
        return name if installed else ""
    meant = [uuid for uuid in installed if name.startswith("GPU-") and uuid.startswith(name)]
    return meant[0] if len(meant) == 1 else ""


def _choose(wanted: str, gpus: list[str]) -> list[str]:
    """Those of `gpus` that would do. Raises Problem where none is there, but one must be."""
    if wanted == "auto":
        return gpus
    if not gpus:
        found = f"found {wanted}, but {why_none()}"
        raise Problem(f"device: {found}; allowed here: auto, cpu")
    if wanted == "cuda":
        return gpus
    number = int(wanted.removeprefix("cuda:"))
    if number >= len(gpus):
        known = ", ".join(f"cuda:{i}" for i in range(len(gpus)))
        found = f"found {wanted}, but this job may use {len(gpus)} GPU(s)"
        raise Problem(f"device: {found}; allowed here: auto, cpu, cuda, {known}")
    return [gpus[number]]


@contextmanager
def _one_of(gpus: list[str]) -> Iterator[str]:
    """Lock the first of `gpus` that no other job has, waiting for one."""
    told = False
    while True:
        for name in gpus:
            with _opened(name) as file:
                if _locked(file):
                    yield name
                    return
        if not told:
            LOG.info("waiting for a GPU: other jobs have %s", ", ".join(gpus))
            told = True
        time.sleep(ASK_AGAIN_SECONDS)


def _opened(name: str) -> IO:
    """The lock file of a GPU, open for reading, which is enough to lock it: so
    it may be another user's."""
    path = Path(tempfile.gettempdir()) / f"rungs-gpu-{name.replace('/', '-')}.lock"
    with suppress(FileExistsError):
        os.fchmod(made := os.open(path, os.O_CREAT | os.O_EXCL), 0o644)
        os.close(made)
    return open(path, encoding="utf-8")


def _locked(file: IO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # Without locks, two jobs would take one GPU, or each would wait for nobody.
        found = f"{file.name} can't be locked ({error.strerror})"
        what = "set TMPDIR to a folder on a disk of this machine, the same for all jobs"
        raise Problem(f"device: {found}; {what}") from error
    return True


def _installed() -> list[str]:
    """The UUIDs of this machine's GPUs in the order of the bus; their numbers, where only the
    driver's files tell of them. Raises Problem where there are such files, but NVIDIA's tool
    fails: jobs that call a GPU by different names would share it."""
    files = (path.name.removeprefix("nvidia") for path in DEVICES.glob("nvidia[0-9]*"))
    numbers, said = sorted(files, key=int), _tool()
    if said is None:
        return numbers
    if said.returncode != 0 and numbers:
        found = f"there are {len(numbers)} GPUs here, but {FAILS} {_first_line(said)}"
        raise Problem(f"device: {found}; mend its driver, or say `device: cpu`")
    return [line.strip() for line in said.stdout.splitlines() if line.startswith("GPU-")]


def _tool() -> subprocess.CompletedProcess | None:
    """What NVIDIA's tool answers; None where there is none. Raises Problem where it hangs."""
    try:
        asked = ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"]
        return subprocess.run(asked, capture_output=True, text=True, encoding="utf-8", timeout=60)
    except subprocess.TimeoutExpired as error:
        found = "nvidia-smi has not answered for a minute"
        raise Problem(f"device: {found}; see that it does, or say `device: cpu`") from error
    except OSError:
        return None


def _first_line(said: subprocess.CompletedProcess) -> str:
    return next(iter((said.stdout + said.stderr).strip().splitlines()), "nothing")
