"""Hashes that are kept between runs: nothing that has changed is taken for what it was."""

import os
import time

import pytest

from stages import files
from stages.workflow.hashes import Hashes


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where hashes are kept; files count as old at once."""
    monkeypatch.setattr(files, "TICK", -(10**12))
    return tmp_path / "hashes.json"


def _counting(monkeypatch) -> list:
    asked, real = [], files.sha256
    monkeypatch.setattr(files, "sha256", lambda path: asked.append(path) or real(path))
    return asked


def test_an_unchanged_file_is_read_once(place, tmp_path, monkeypatch):
    file, asked = tmp_path / "file", _counting(monkeypatch)
    file.write_text("one")
    first = Hashes(place)
    digest = first(file)
    first.keep()
    assert Hashes(place)(file) == digest
    assert asked == [file]


def test_a_file_of_the_same_size_and_date_is_seen_to_differ(place, tmp_path):
    file = tmp_path / "file"
    file.write_text("one")
    kept = Hashes(place)
    before, dates = kept(file), file.stat()
    kept.keep()
    time.sleep(0.02)
    file.write_text("two")
    os.utime(file, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert file.stat().st_mtime_ns == dates.st_mtime_ns
    assert Hashes(place)(file) == files.sha256(file) != before


def test_a_file_that_has_only_just_changed_is_not_kept(tmp_path):
    file, place = tmp_path / "file", tmp_path / "hashes.json"
    file.write_text("one")
    kept = Hashes(place)
    kept(file)
    kept.keep()
    assert not place.exists()


def test_what_is_gone_is_forgotten(place, tmp_path):
    file, kept = tmp_path / "file", Hashes(place)
    file.write_text("one")
    kept(file)
    kept.keep()
    assert files.read_json(place)
    file.unlink()
    Hashes(place).keep()
    assert files.read_json(place) == {}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1', '{"FILE": 5}', '{"FILE": [1, 2]}'])
def test_damaged_books_are_none(content, tmp_path):
    place, file = tmp_path / "hashes.json", tmp_path / "file"
    place.write_text(content.replace("FILE", str(file)), encoding="utf-8")
    file.write_text("one")
    assert Hashes(place)(file) == files.sha256(file)
