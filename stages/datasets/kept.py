"""Official files that were fetched once: kept, so that a second data set of the same source fetches
nothing."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def folder(official: Path, of: str) -> Iterator[Path]:
    """The folder {official}/{of}, for one process at a time: another one waits, then finds what
    this one has fetched. Who reads a file there holds it against its MD5 first (official.py)."""
    place = official / of
    place.mkdir(parents=True, exist_ok=True)
    with open(official / f"{of}.lock", "w", encoding="utf-8") as lock:
        # Where the file system has no locks, two may fetch the same, each into a file of its own.
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield place
