"""The hashes of files, kept between runs: one whose size, inode and dates are as they were is not
read again, as in git."""

import os
import time
from pathlib import Path

from stages import files
from stages.study.folders import TICK


class Hashes:
    """The SHA-256 of files, by their paths; `place` is where they are kept."""

    def __init__(self, place: Path):
        self.place, self.known = place, _kept(place)
        self.asked: dict[str, tuple[list[int], str]] = {}
        self.began = time.time_ns()

    def __call__(self, path: Path) -> str:
        """The SHA-256 of a file. Raises OSError."""
        name, state = str(path), os.stat(path)
        sign = [state.st_size, state.st_ino, state.st_mtime_ns, state.st_ctime_ns]
        before, digest = self.asked.get(name) or self.known.get(name) or (None, "")
        if before != sign:
            digest = files.sha256(path)
        self.asked[name] = sign, digest
        return digest

    def keep(self) -> None:
        """Write what is known down for the next run, but for files that have only just changed,
        which may change again without a sign of it."""
        old = {
            name: [sign, digest]
            for name, (sign, digest) in self.asked.items()
            if max(sign[2:]) < self.began - TICK
        }
        kept = {name: list(entry) for name, entry in self.known.items()} | old
        if kept != self.known:
            files.write_json(self.place, kept)
            self.known = kept


def _kept(place: Path) -> dict[str, list]:
    try:
        found = files.read_json(place)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
