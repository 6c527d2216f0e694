"""One GPU, one job: each training job takes a GPU of this machine for itself before torch is
imported, and sees no other.

A lease is a lock on a file per GPU, in the folder for temporary files; the system lets go of it
when the process ends, however it does.
"""

import fcntl
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from stages.command import LOG, Problem

VISIBLE = "CUDA_VISIBLE_DEVICES"
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
    names = [name.strip() for name in allowed.split(",") if name.strip() not in ("", "-1")]
    return [_full(name, installed) for name in names]


def _full(name: str, installed: list[str]) -> str:
    """The UUID that is meant by a number, or by the beginning of a
    UUID; any other name as it is."""
    if name.isdigit() and int(name) < len(installed):
        return installed[int(name)]
    meant = [uuid for uuid in installed if name.startswith("GPU-") and uuid.startswith(name)]
    return meant[0] if len(meant) == 1 else name


def _choose(wanted: str, gpus: list[str]) -> list[str]:
    """Those of `gpus` that would do. Raises Problem where none is there, but one must be."""
    if wanted == "auto":
        return gpus
    if not gpus:
        found = f"found {wanted}, but this machine has no GPU that torch can use"
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
    except OSError:
        return False
    return True


def _installed() -> list[str]:
    """The UUIDs of this machine's GPUs in the order of the bus; their numbers, where only the
    driver's files tell of them."""
    try:
        asked = ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"]
        said = subprocess.run(asked, capture_output=True, text=True, encoding="utf-8", timeout=60)
    except subprocess.TimeoutExpired as error:
        # Not numbers instead: jobs that call a GPU by different names would share it.
        found = "nvidia-smi has not answered for a minute"
        raise Problem(f"device: {found}; see that it does, or say `device: cpu`") from error
    except OSError:
        numbers = (path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia[0-9]*"))
        return sorted(numbers, key=int)
    return [line.strip() for line in said.stdout.splitlines() if line.startswith("GPU-")]
