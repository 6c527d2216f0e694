"""Asking what would be done changes no file's content, date or existence but the engines' own."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, TINY, assert_ok, copy_project, run
from snakemake.exceptions import WorkflowError

from stages.workflow import graph

QUESTIONS = [
    *(["snakemake", flag] for flag in ("--dry-run", "--lint", "--summary", "--dag")),
    *(["snakemake", "--list-changes", kind] for kind in ("code", "input", "params")),
    ["snakemake", "--dry-run", "--config", "budget={epochs: 1}"],
    ["dvc", "status"],
    ["dvc", "dag"],
    ["make", "--dry-run", "report"],
]
ENGINES_OWN = {".snakemake", "__pycache__", ".dvc/tmp"}
STANZA = ("activation: relu}", "activation: relu, penalty: {l2: {strength: 0.1}}}")
LONG_AGO = (1_000_000_000, 1_000_000_000)


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """The project with the tiny study, nothing run yet."""
    return _with_makefile(copy_project(tmp_path_factory.mktemp("clone") / "project", TINY))


@pytest.fixture(scope="module")
def run_before(project) -> Path:
    """The project with the tiny study, all of it run."""
    return _with_makefile(project)


def _with_makefile(project: Path) -> Path:
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, project / name)
    return project


def test_in_a_fresh_clone(clone):
    _ask(clone)
    assert not (clone / "runs").exists()


def test_of_a_finished_study(run_before):
    _ask(run_before)


def test_after_an_edit(run_before):
    with _params(run_before, *STANZA):
        _ask(run_before)


def test_after_another_study_was_moved_here_with_its_old_date(run_before):
    with _params(run_before, *STANZA):
        os.utime(run_before / "params.yaml", LONG_AGO)
        _ask(run_before)


def test_where_recipes_are_missing(run_before, tmp_path):
    """Whatever has taken them away."""
    recipes = run_before / "runs" / "tiny" / "recipes"
    shutil.move(recipes, tmp_path / "recipes")
    _ask(run_before)
    shutil.move(tmp_path / "recipes", recipes)


@contextmanager
def _params(project: Path, old: str, new: str) -> Iterator[None]:
    """The study with an edit, and as it was afterwards."""
    params = project / "params.yaml"
    kept = params.read_text(encoding="utf-8"), (params.stat().st_atime, params.stat().st_mtime)
    assert old in kept[0]
    params.write_text(kept[0].replace(old, new), encoding="utf-8")
    yield
    params.write_text(kept[0], encoding="utf-8")
    os.utime(params, kept[1])


def _ask(project: Path) -> None:
    """Ask all questions, and hold the files against those from before."""
    before = _tree(project)
    with ThreadPoolExecutor(2) as pool:
        for said in pool.map(lambda question: run(project, *question), QUESTIONS):
            assert_ok(said)
    after = _tree(project)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert not changed


def _tree(project: Path) -> dict[str, tuple[str | None, int]]:
    """{path: (digest of the content, date)} of all files; of folders just that they are there."""
    found = {}
    for folder, folders, names in os.walk(project):
        here = Path(folder).relative_to(project)
        folders[:] = [name for name in folders if not {name, str(here / name)} & ENGINES_OWN]
        found |= {str(here / name): (None, 0) for name in folders}
        for name in names:
            path = Path(folder) / name
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(here / name)] = digest, path.stat().st_mtime_ns
    return found


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, "No space left on device; make room there"),
        (errno.EROFS, "Read-only file system; choose a place that you may read and write"),
        (errno.EIO, "Input/output error; see that it is there"),
    ],
)
def test_what_the_system_refuses_before_any_work_is_one_line(number, what):
    with pytest.raises(WorkflowError, match=f"error: .snakemake/x: {what}"), graph._one_line():
        raise OSError(number, os.strerror(number), ".snakemake/x")
