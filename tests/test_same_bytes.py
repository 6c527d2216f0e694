"""The same study gives the same bytes, in clones of its own."""

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from conftest import TINY, assert_ok, copy_project, run
from repositories import commit_all, content

from stages import files

# An engine that only writes down which code and which study its clone has.
ENGINE = """#!/bin/sh
mkdir -p data runs reports/tiny
find stages -name '*.py' | sort | xargs sha256sum | cat - params.yaml > runs/found
cp runs/found data; cp runs/found reports/tiny
"""


def _of_its_own(project: Path) -> Path:
    return project


def _zip_download(project: Path) -> Path:
    shutil.rmtree(project / ".git")
    return project


def _of_a_larger_one(project: Path) -> Path:
    part = project.parent / "whole" / "a part"
    shutil.copytree(_zip_download(project), part)
    commit_all(part.parent)
    return part


def _linked_worktree(project: Path) -> Path:
    assert_ok(run(project, "git", "worktree", "add", "-qb", "other", "../a worktree"))
    return project.parent / "a worktree"


@pytest.mark.parametrize("kind", [_of_its_own, _zip_download, _of_a_larger_one, _linked_worktree])
def test_each_clone_has_the_code_and_the_study_whatever_the_repository(kind, tmp_path):
    project = kind(copy_project(tmp_path / "project", TINY))
    assert_same_bytes_in_three(with_engines(project))


def test_a_hook_s_variables_lead_into_no_other_repository(tmp_path):
    """As git sets them for hooks, aliases and `rebase -x`."""
    project = with_engines(copy_project(tmp_path / "project", TINY))
    other = tmp_path / "other"
    files.write(other / "a.txt", "a")
    commit_all(other)
    before = content(other)
    variables = f"GIT_DIR={other}/.git", f"GIT_WORK_TREE={other}", "GIT_PREFIX=deep/"
    assert_same_bytes_in_three(project, "env", *variables)
    assert content(other) == before


def test_where_cd_says_where_it_goes_the_project_is_found(tmp_path):
    """As with CDPATH, which shells hand on where it was exported."""
    project = with_engines(copy_project(tmp_path / "project", TINY))
    (tmp_path / "elsewhere" / "tests").mkdir(parents=True)
    for paths in (".", f"{tmp_path / 'elsewhere'}:."):
        assert_same_bytes_in_three(project, "env", f"CDPATH={paths}")


def with_engines(project: Path) -> Path:
    """The project with a .venv of made-up engines and this Python."""
    for name in ("snakemake", "dvc", "python"):
        program = project / ".venv" / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        python = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'
        program.write_text(python if name == "python" else ENGINE, encoding="utf-8")
        program.chmod(0o755)
    return project


def assert_same_bytes_in_three(project: Path, *before: str) -> None:
    said = assert_ok(run(project, *before, "tests/same_bytes.sh"))
    assert said.count("3 files") == 3
    assert said.endswith("same bytes\n")


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
