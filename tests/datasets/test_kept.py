"""Official files are fetched once, however many data sets are made from them."""

import errno
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from stages import files
from stages.command import Problem
from stages.datasets import kept
from stages.datasets.official import File, fetch

GOOD = {"sub/images": b"images", "sub/labels": b"labels"}
WAY = [File(path, hashlib.md5(held).hexdigest(), len(held)) for path, held in GOOD.items()]
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def official(tmp_path, monkeypatch) -> Path:
    """A folder in which the files have been kept, the mirror gone that they came from."""
    for path, content in GOOD.items():
        files.write(tmp_path / "mirror" / path, content)
    monkeypatch.setenv("RUNGS_MIRROR", str(tmp_path / "mirror"))
    with kept.folder(tmp_path / "official", "source") as folder:
        fetch(NOWHERE, [WAY], folder)
    monkeypatch.delenv("RUNGS_MIRROR")
    return tmp_path / "official"


def test_what_is_kept_is_not_fetched_again(official):
    with kept.folder(official, "source") as folder:
        paths = fetch(NOWHERE, [WAY], folder)
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths} == GOOD


@pytest.mark.parametrize("damage", [b"images!", None], ids=["damaged", "gone"])
def test_what_is_not_right_any_more_is_fetched_again(damage, official, monkeypatch):
    place = official / "source" / "sub" / "images"
    place.unlink() if damage is None else place.write_bytes(damage)
    with kept.folder(official, "source") as folder:
        with pytest.raises(Problem, match="not reachable"):
            fetch(NOWHERE, [WAY], folder)
        monkeypatch.setenv("RUNGS_MIRROR", str(official.parent / "mirror"))
        fetch(NOWHERE, [WAY], folder)
    assert place.read_bytes() == GOOD["sub/images"]


def test_two_jobs_take_turns(tmp_path):
    other = threading.Thread(target=_enter, args=(tmp_path,))
    with kept.folder(tmp_path, "source"):
        other.start()
        time.sleep(0.3)
        assert not (tmp_path / "entered").exists()
    other.join(30)
    assert (tmp_path / "entered").exists()


def _enter(official: Path) -> None:
    with kept.folder(official, "source"):
        (official / "entered").touch()


def test_a_file_system_without_locks_keeps_them_all_the_same(tmp_path, monkeypatch):
    """As of some clusters, where nobody can be kept out."""

    def refuse(file, how):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(kept.fcntl, "flock", refuse)
    with kept.folder(tmp_path / "new", "of") as folder:
        assert folder == tmp_path / "new" / "of"
