"""A file is there whole or not at all."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from stages import files

WRITE_TOO_MUCH = """
import resource, sys
from pathlib import Path
from stages import command, files
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
def main(path: Path) -> None:
    files.write(path, b"x" * 100_000)
command.run(main)
"""


def test_a_write_that_the_system_refuses_leaves_what_was_there(tmp_path):
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    # -B: Python would write cut-off bytecode of what it imports, too, and trust it ever after.
    failed = subprocess.run(
        [sys.executable, "-B", "-c", WRITE_TOO_MUCH, "--path", path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert str(path) in failed.stderr
    assert "File too large" in failed.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_disk_that_can_only_be_read_is_said_of_the_file_and_not_of_one_beside_it(tmp_path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", tmp_path], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a disk can be mounted by root alone")
    try:
        subprocess.run(["mount", "-o", "remount,ro", tmp_path], check=True)
        with pytest.raises(OSError, match="Read-only file system") as error:
            files.write(tmp_path / "file", b"")
        assert error.value.filename == str(tmp_path / "file")
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_full_disk_leaves_what_was_there(tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        (tmp_path / "file").write_text("old", encoding="utf-8")
        with pytest.raises(OSError, match="No space left") as error:
            files.write(tmp_path / "file", b"x" * 1_000_000)
        assert error.value.filename == str(tmp_path / "file")
        assert (tmp_path / "file").read_text(encoding="utf-8") == "old"
        assert [p.name for p in tmp_path.iterdir()] == ["file"]
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_folder_that_must_not_be_written(tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", tmp_path], capture_output=True
    )
    if mounted.returncode != 0:
        tmp_path.chmod(0o500)
    try:
        with pytest.raises(OSError, match=r"Read-only|Permission denied") as error:
            files.write(tmp_path / "folder" / "file", "text")
        assert error.value.filename == str(tmp_path / "folder" / "file")
    finally:
        tmp_path.chmod(0o700) if mounted.returncode != 0 else subprocess.run(
            ["umount", tmp_path], check=True
        )


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(OSError, match=r"exists|Not a directory") as error:
        files.write(tmp_path / "runs" / "deep" / "file", "text")
    assert error.value.filename == str(tmp_path / "runs" / "deep" / "file")


def test_equal_arrays_are_equal_bytes(tmp_path):
    arrays = {"a": np.arange(1000), "b": np.ones((3, 4), dtype=np.float32)}
    files.write_arrays(tmp_path / "1.npz", **arrays)
    time.sleep(2.1)  # zip entries are dated to two seconds
    files.write_arrays(tmp_path / "2.npz", **arrays)
    assert (tmp_path / "1.npz").read_bytes() == (tmp_path / "2.npz").read_bytes()
    assert files.sha256(tmp_path / "1.npz") == files.sha256(tmp_path / "2.npz")


def test_canonical_is_the_same_for_equal_values():
    assert files.canonical({"b": 1, "a": [1.0, "é"]}) == files.canonical({"a": [1.0, "é"], "b": 1})


def test_none_is_an_empty_cell(tmp_path):
    files.write_rows(
        tmp_path / "t.csv", ["a", "b"], [{"a": 1, "b": None}, {"a": 0.1 + 0.2, "b": 2}]
    )
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == "a,b\n1,\n0.30000000000000004,2\n"


def test_nobody_sees_a_file_grow(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        os,
        "fsync",
        lambda descriptor: seen.append(sorted(p.suffix for p in Path(tmp_path).iterdir())),
    )
    files.write(tmp_path / "file.json", "{}")
    assert seen == [[".partial"]]
