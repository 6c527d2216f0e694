"""`make` alone lists its targets, and .venv is made by the newest Python that runs."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RUNS, SHIM = f'exec "{sys.executable}" "$@"', 'echo "pyenv: command not found" >&2; exit 127'


def make(folder, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run this project's Makefile in `folder`, without what a `make` around the tests has set."""
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.lock").touch()
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON"}
    inherited = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=inherited | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def pythons(tmp_path):
    """Put `python3.N` for N = 11, 12, 13 first on the path, each a shell script with that line."""

    def put(*lines: str) -> str:
        for minor, line in enumerate(lines, start=11):
            program = tmp_path / "bin" / f"python3.{minor}"
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
            program.chmod(0o755)
        return f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"

    return put


def test_make_alone_lists_all_targets(tmp_path):
    said = make(tmp_path)
    assert said.returncode == 0, said.stderr
    [targets] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE.replace("\\\n", ""), re.MULTILINE)
    listed = [line.split()[1] for line in said.stdout.splitlines()]
    assert sorted(listed) == sorted(targets.split())
    assert len({re.match(r"make \S+ +", line).end() for line in said.stdout.splitlines()}) == 1
    assert textwrap.indent(said.stdout, "    ") in (ROOT / "README.md").read_text(encoding="utf-8")


def test_clean_removes_what_was_made_and_says_what_is_kept(tmp_path):
    kept = tmp_path / ".dvc" / "cache" / "rungs" / ("1" * 64) / "weights.safetensors"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for file in (kept, tmp_path / "runs" / "study.json"):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"0" * 10**6)
    said = make(tmp_path, "clean", PATH=path)
    assert (said.returncode, said.stderr) == (0, ""), "without an environment, nothing is asked"
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "installed").touch()
    said = make(tmp_path, "clean", PATH=path, PYTHONPATH=str(ROOT))
    assert said.returncode == 0
    assert said.stderr.startswith("trained rungs kept in .dvc/cache/rungs: 1, 1.0 MB; ")
    assert kept.exists()
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ((RUNS, RUNS, RUNS), "python3.13"),
        ((RUNS, RUNS, SHIM), "python3.12"),
        ((RUNS, SHIM, SHIM), "python3.11"),
    ],
)
def test_the_newest_python_that_runs_makes_the_environment(tmp_path, pythons, lines, taken):
    said = make(tmp_path, "--dry-run", ".venv/installed", PATH=pythons(*lines))
    assert f"{taken} -m venv --clear .venv\n" in said.stdout, said.stderr


def test_an_exported_python_is_taken_instead(tmp_path, pythons):
    path = pythons(RUNS, RUNS, RUNS)
    said = make(tmp_path, "--dry-run", ".venv/installed", PATH=path, PYTHON=sys.executable)
    assert f"{sys.executable} -m venv --clear .venv\n" in said.stdout, said.stderr


@pytest.mark.parametrize("variables", [{}, {"PYTHON": "python3.9"}])
def test_no_usable_python_is_one_line(tmp_path, pythons, variables):
    said = make(tmp_path, "report", PATH=pythons(SHIM, SHIM, SHIM), **variables)
    assert said.returncode != 0
    [line] = said.stderr.splitlines()
    assert re.search(r'none of "python3\..*" runs and is Python 3\.11, 3\.12 or 3\.13', line)
    assert not (tmp_path / ".venv").exists()
