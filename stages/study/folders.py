"""The hashes of the images below folders, which are what makes a data set of one's own images.

A file whose size, dates and inode are those of the index is not read again, as in git. Asking
writes no index: a run that begins does, and its jobs.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path

from stages import files
from stages.command import Problem
from stages.study.listing import listed

READERS = 4


def hashes(path: str, index: Path, keep: bool = False) -> dict[str, str]:
    """{name below the folder `path`: SHA-256} of all images of a data set.

    `index` is a folder with what was found before; with `keep` it is brought up to date. Raises
    Problem for a folder that is not one of classes of images.
    """
    try:
        began, found = time.time_ns(), listed(Path(path))
        place = index / f"{hashlib.sha256(os.path.realpath(path).encode()).hexdigest()[:16]}.json"
        known = files.json_if_whole(place)  # {name: [sign, SHA-256]}
        new = [name for name, sign in found.items() if known.get(name, [[]])[0] != sign]
        read = {name: [found[name], digest] for name, digest in _hashed(path, new)}
    except OSError as error:
        what = "see that it is there and can be read"
        raise Problem(f"{error.filename or path}: {error.strerror}; {what}") from error
    known = {name: read.get(name) or known[name] for name in found}
    if keep:
        _write(place, {name: of for name, of in known.items() if files.is_old(of[0], began)})
    return {name: digest for name, (_, digest) in known.items()}


def _hashed(path: str, names: list[str]) -> Iterator[tuple[str, str]]:
    with ThreadPool(READERS) as pool:
        read = pool.imap(files.sha256, [Path(path) / name for name in names])
        yield from zip(names, read, strict=True)


def refuse_other(path: str, known: dict[str, str]) -> None:
    """Raise Problem where the images below a folder are not those of {name: SHA-256}, by name."""
    found = listed(Path(path))
    if others := sorted(found.keys() ^ known.keys()):
        what = "was added" if others[0] in found else "is gone"
        text = "since the recipe was written; start the run again, which writes it anew"
        raise Problem(f"{Path(path) / others[0]}: {what} {text}")


def _write(place: Path, known: dict[str, list]) -> None:
    text = json.dumps(known, ensure_ascii=False)
    if known and not (place.is_file() and place.read_text(encoding="utf-8") == text):
        files.write(place, text)
