"""Jobs run with the Python that runs Snakemake, whatever the path and Python's variables say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import run

from stages.workflow import own_python

CHECK = ("--cores", "1", "--forcerun", "check", "--until", "check")


@pytest.fixture
def another_python(tmp_path) -> Path:
    """A folder with a `python` that only fails."""
    program = tmp_path / "another" / "python"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho another python >&2; exit 3\n", encoding="utf-8")
    program.chmod(0o755)
    return program.parent


@pytest.mark.parametrize("how", ["not activated", "another first", "safe path", "bash's file"])
def test_a_job_runs_with_the_python_of_snakemake(how, project, another_python):
    snakemake = str(Path(sys.executable).parent / "snakemake")
    path = f"{another_python}:/usr/bin:/bin" if how == "another first" else "/usr/bin:/bin"
    # As module systems of clusters have it, and conda's where it is to be active in scripts.
    file = another_python / "bashrc"
    file.write_text(f"export PATH='{another_python}':$PATH\n", encoding="utf-8")
    misleading = {"safe path": {"PYTHONSAFEPATH": "1"}, "bash's file": {"BASH_ENV": str(file)}}
    variables = misleading.get(how, {})
    done = run(project, "env", f"PATH={path}", *_pairs(variables), snakemake, *CHECK)
    assert done.returncode == 0, done.stdout
    assert re.search(r"Finished jobid: \d+ \(Rule: check\)", done.stdout), done.stdout


def _pairs(variables: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in variables.items()]


def test_a_python_of_another_name_gets_one(tmp_path, monkeypatch):
    """As where an image has just `python3`, or `python` beside it is an older one."""
    only = tmp_path / "it's only" / "python3"
    only.parent.mkdir()
    only.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    only.chmod(0o755)
    monkeypatch.setattr(own_python.sys, "executable", str(only))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    own_python.lead(tmp_path / "bin")
    assert "PYTHONHOME" not in os.environ
    code = "import numpy, sys; print(sys.argv[1])"
    said = subprocess.run(["python", "-c", code, "a b"], capture_output=True, text=True)
    assert said.stdout == "a b\n", said.stderr
