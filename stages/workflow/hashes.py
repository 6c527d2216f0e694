"""The hashes of files, kept between runs: one whose size, dates and inode are as they were is not
read again, as in git."""

import os
import time
from pathlib import Path

from stages import files


class Hashes:
    """The SHA-256 of files, by their paths; `place` is where they are kept."""

    def __init__(self, place: Path):
        self.place, self.known = place, _kept(place)
        self.asked: dict[str, list] = {}
        self.began = time.time_ns()

    def __call__(self, path: Path) -> str:
        """The SHA-256 of a file. Raises OSError."""
        name, sign = str(path), files.sign(os.stat(path))
        before, digest = self.asked.get(name) or self.known.get(name) or (None, "")
        if before != sign:
            digest = files.sha256(path)
        self.asked[name] = [sign, digest]
        return digest

    def keep(self) -> None:
        """Write what is known down for the next run, but for files that are gone, or have only just
        changed and may change again without a sign of it."""
        sure = {name: of for name, of in self.asked.items() if files.is_old(of[0], self.began)}
        kept = {name: of for name, of in (self.known | sure).items() if os.path.exists(name)}
        if kept != self.known:
            files.write_json(self.place, kept)
            self.known = kept


def _kept(place: Path) -> dict[str, list]:
    """{path: [sign, SHA-256]} as it was kept, but for what has another form."""
    found = files.json_if_whole(place)
    return {name: of for name, of in found.items() if _is_entry(of)}


def _is_entry(of: object) -> bool:
    return isinstance(of, list) and [type(part) for part in of] == [list, str]
