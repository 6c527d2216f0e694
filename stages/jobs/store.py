"""Rungs that were trained once: each is kept, and one of the same recipe, data and machine is taken
from there instead of being trained again, whichever study it is of.

The store lies in the folder of DVC's cache, which clones may share. An entry is a copy of a rung's
files, in a folder named by a hash of all that decided them; the rung's own record tells whether
they are as they were. `python -m stages.jobs.store` says what there is.
"""

import fcntl
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from stages import command, files, records
from stages.command import LOG
from stages.jobs import dvc_cache
from stages.jobs.store_settings import settings

RECORD = "train.json"
# They hold names, or what is told of this time alone: a job writes its own.
OWN = ("recipe.json", "record.json", "cost.json")
# Of a recipe, what changes no byte of the other files; and what was asked for, where the
# environment has what it came to.
NAMES = ("technique", "device", "tensorboard", "precision")
# Linux' number for "share the blocks of this file", for file systems that can.
FICLONE = 0x40049409
# What a job that was killed has left half done is nobody's after so long.
A_DAY = 24 * 60 * 60


class Entry:
    """What is kept of one rung in the folder `path`; None where nothing is to be kept. One that is
    `watched` is trained all the same, because its event files are no part of what is kept."""

    def __init__(self, technique: str, path: Path | None, limit: int = 0, watched: bool = False):
        self.technique, self.path, self.limit, self.watched = technique, path, limit, watched
        self.taken = False

    def take(self, run: Path, commit: str | None) -> dict | None:
        """Put copies of the files, but for those of OWN, into the folder `run` of a job whose code
        is of `commit`.

        Gives what is to be told of the training that they come from: its `parameters`, `cost` and
        whether `cuda_graph` was. None where nothing is kept; and, with a line, where it is not what
        it was, whereupon it is removed.
        """
        if self.watched or not self._is_there():
            return None
        try:
            wrong = _bring(self.path, run)
            record, cost = ({}, {}) if wrong else _told(self.path)
        except (OSError, ValueError) as error:
            # Somebody may have made room meanwhile.
            if self._is_there():
                LOG.info("%s: not taken from %s: %s", self.technique, self.path, error)
            return None
        if wrong:
            _remove(self.path)
            what = f"{wrong} is not what was kept; all is removed, and the rung trained anew"
            LOG.info("%s: %s: %s", self.technique, self.path, what)
            return None
        self._say(cost)
        told = {"taken_from": cost["run"], "taken_at_commit": commit}
        graph = record["environment"]["cuda_graph"]
        return {"parameters": record["parameters"], "cuda_graph": graph, "cost": cost | told}

    def _say(self, cost: dict) -> None:
        self.taken = True
        try:
            os.utime(self.path)
        except OSError:
            # Another person's, whose date then says only when it was put here.
            LOG.debug("%s: can't be dated", self.path)
        commit = "no commit" if cost["commit"] is None else f"commit {cost['commit'][:12]}"
        made = f"trained until {cost['ended']} on {cost['host']}, {commit}"
        LOG.info("%s: taken from %s (%s)", self.technique, cost["run"], made)

    def put(self, run: Path) -> None:
        """Keep copies of the files in the folder `run`, complete with their record, unless they
        were taken from here; make room for them. What is in the way is a line: the rung is done.
        """
        if self.path is None or self.taken or self._is_there():
            return
        names = [RECORD, *records.WRITES["train"]]
        size = sum((run / name).stat().st_size for name in names)
        if size > self.limit:
            what = f"{size / 10**6:,.0f} MB are more than the store may hold"
            LOG.info("%s: not kept: %s", self.technique, what)
            return
        beside = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}.partial")
        try:
            beside.mkdir(parents=True)
            for name in names:
                _copy(run / name, beside / name)
            beside.rename(self.path)
            _make_room(self.path.parent, self.limit)
        except OSError as error:
            # Another job may have kept the same meanwhile.
            if not self._is_there():
                LOG.info("%s: not kept in %s: %s", self.technique, self.path.parent, error)
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _is_there(self) -> bool:
        return self.path is not None and os.path.isdir(self.path)


def entry(origin: dict, machine: dict) -> Entry:
    """The entry of what a recipe makes of its data in an environment (`origin`:
    provenance.made_by) on a machine (provenance.machine)."""
    wanted, limit = settings()
    recipe = origin["recipe"]
    path = place() / key(origin, machine) if wanted else None
    return Entry(recipe["technique"], path, limit, recipe["tensorboard"])


def key(origin: dict, machine: dict) -> str:
    """A hash of all that decides what is in an entry."""
    recipe = {name: of for name, of in origin["recipe"].items() if name not in NAMES}
    if "start" in recipe:
        # From what it begins is among the data, whatever that is called.
        recipe["start"] = recipe["start"]["take"]
    decides = origin | {"recipe": recipe, "machine": machine}
    return hashlib.sha256(files.canonical(decides).encode()).hexdigest()


def place() -> Path:
    """The folder of the store: in that of DVC's cache, beside what DVC keeps there."""
    cache = dvc_cache.folder()
    return Path(".rungs") if cache is None else cache / "rungs"


def held(store: Path) -> list[tuple[float, Path, int]]:
    """(when it was last used, folder, bytes) of each entry, those that wait the longest first."""
    return sorted(_sized(path for path in _below(store) if not path.name.startswith(".")))


def _sized(paths: Iterator[Path]) -> Iterator[tuple[float, Path, int]]:
    for path in paths:
        try:
            size = sum(file.stat().st_size for file in path.iterdir())
            yield path.stat().st_mtime, path, size
        except OSError:
            # Removed by another job, or none of ours.
            continue


def _below(store: Path) -> list[Path]:
    return list(store.iterdir()) if store.is_dir() else []


def _make_room(store: Path, limit: int) -> None:
    """Remove what was not used for longest, until the rest fits."""
    entries = held(store)
    total = sum(size for *_, size in entries)
    for _, path, size in entries:
        if total <= limit:
            break
        _remove(path)
        total -= size
    for path in _below(store):
        if path.name.startswith(".") and path.stat().st_mtime < time.time() - A_DAY:
            shutil.rmtree(path, ignore_errors=True)


def _remove(path: Path) -> None:
    """Remove an entry at once, for whoever looks meanwhile."""
    gone = path.with_name(f".{path.name}.{uuid.uuid4().hex}.gone")
    try:
        path.rename(gone)
    except OSError as error:
        LOG.debug("%s: can't be removed: %s", path, error)
    shutil.rmtree(gone, ignore_errors=True)


def _bring(path: Path, run: Path) -> str | None:
    """Put copies of an entry's files into `run`, but for those of OWN; none of them, and the name
    of one, where that is not what its record says."""
    promised = records.of(path / RECORD).get("wrote", {})
    if promised.keys() != set(records.WRITES["train"]):
        return RECORD
    run.mkdir(parents=True, exist_ok=True)
    beside = {name: run / f".{name}.{os.getpid()}.partial" for name in promised}
    try:
        for name, copy in beside.items():
            if path.is_dir() and not (path / name).is_file():
                return name
            _copy(path / name, copy)
            if files.sha256(copy) != promised[name]:
                return name
        for name in promised.keys() - set(OWN):
            beside[name].replace(run / name)
    finally:
        for copy in beside.values():
            copy.unlink(missing_ok=True)
    return None


def _told(path: Path) -> tuple[dict, dict]:
    """What an entry's training has told: its record, and its cost."""
    return files.read_json(path / "record.json"), files.read_json(path / "cost.json")


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or have it share the other's blocks until one of them is written; never the
    file itself under two names, where who damages one damages both."""
    with open(source, "rb") as old, open(target, "wb") as new:
        try:
            fcntl.ioctl(new, FICLONE, old.fileno())
        except OSError:
            shutil.copyfileobj(old, new, 2**20)
        new.flush()
        os.fsync(new.fileno())


def summary() -> str:
    """What the store holds, and where it is: `3 trained rungs, 1.2 MB, in .dvc/cache/rungs`."""
    entries = held(place())
    size = sum(size for *_, size in entries) / 10**6
    return f"{len(entries)} trained rungs, {size:,.1f} MB, in {place()}"


def main() -> None:
    """Say what the store holds, and where it is."""
    LOG.info(f"kept: {summary()}; taken from there, where one would be trained again")


if __name__ == "__main__":
    command.run(main)
