"""The same study gives the same bytes, in clones of its own."""

import os
import shutil
import sys
from pathlib import Path

from conftest import TINY, assert_ok, copy_project, run


def test_adopt_says_what_is_missing(tiny):
    said = run(tiny, "python", "-m", "stages.workflow.engines")
    assert said.returncode == 1
    left = "error: 14 jobs of the study are left (check first)"
    assert f"{left}; run make pull, snakemake or dvc repro" in said.stdout


def test_same_bytes_by_both_engines_and_any_number_of_cores(tmp_path):
    """As make calls it, with programs on a path that is relative to the project."""
    project = copy_project(tmp_path / "project", TINY)
    (project / ".venv").symlink_to(sys.prefix)
    path = f"PATH=.venv/bin:{Path(shutil.which('git')).parent}:{os.defpath}"
    said = assert_ok(run(project, "env", path, "tests/same_bytes.sh"))
    assert said.endswith("same bytes\n")
