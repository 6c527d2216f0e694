"""Git's own variables, as hooks and aliases set them, lead no git here into another repository."""

import os
from pathlib import Path

import pytest
from repositories import commit_all, content

from stages import files
from stages.jobs import git
from stages.workflow import verify


@pytest.fixture
def repositories(tmp_path, monkeypatch) -> tuple[Path, Path, str]:
    """The repository we are in, another that git's variables name, and the first's commit."""
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder in (mine, other):
        files.write(folder / "a.txt", folder.name)
        files.write(folder / "stages" / "provenance.py", "")
    commit, _ = commit_all(mine), commit_all(other)
    monkeypatch.chdir(mine)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    return mine, other, commit


def test_the_clone_of_verify_leaves_the_repository_that_a_hook_stands_in_alone(
    repositories, tmp_path
):
    _, other, commit = repositories
    before = content(other)
    verify.clone(commit, tmp_path / "project")
    assert (tmp_path / "project" / "a.txt").read_text(encoding="utf-8") == "mine"
    assert content(other) == before


def test_the_commit_that_is_recorded_is_of_this_code(repositories):
    mine, _, commit = repositories
    assert git.commit(mine) == (commit, "")


@pytest.mark.parametrize(
    "name", [".train.py.swp", ".#train.py", "train.py~", ".DS_Store", ".ipynb_checkpoints/train.py"]
)
def test_what_is_left_behind_leaves_the_commit_as_it_is(name, repositories):
    mine, _, commit = repositories
    files.write(mine / "stages" / name, "x")
    assert git.commit(mine) == (commit, "")


@pytest.mark.parametrize("name", ["train.py", "provenance.py", "new/deep.py"])
def test_code_that_git_does_not_know_is_named(name, repositories):
    mine, *_ = repositories
    files.write(mine / "stages" / name, "x = 1")
    git.ask("config", "status.showUntrackedFiles", "no", folder=mine)
    assert git.commit(mine) == (None, f"git does not know stages/{name} as it is now")


def test_without_a_repository_gits_own_reason_is_said(tmp_path):
    commit, reason = git.commit(tmp_path)
    assert commit is None
    assert reason.startswith("git says: not a git repository")


def test_of_another_owner_gits_own_reason_is_said(repositories, monkeypatch):
    """As where a container has the clone of a user outside."""
    mine, *_ = repositories
    # Git's own tests have it take every repository for another user's this way.
    kept = git.environment
    monkeypatch.setattr(
        git, "environment", lambda: kept() | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    )
    assert git.commit(mine)[0] is None
    assert git.commit(mine)[1].startswith("git says: detected dubious ownership in repository")


def test_without_git_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git.commit(tmp_path) == (None, "there is no git to ask")


def test_a_repository_around_that_does_not_hold_the_code_has_no_commit_of_it(repositories):
    mine, *_ = repositories
    files.write(mine / ".gitignore", "inside/\n")
    files.write(mine / "inside" / "stages" / "train.py", "")
    commit, reason = git.commit(mine / "inside")
    assert commit is None
    assert "stages' exists on disk, but not in 'HEAD'" in reason


def test_a_part_of_a_larger_repository_is_cloned_with_it(tmp_path, monkeypatch):
    for name in ("whole/part/stages/train.py", "whole/part/a.txt", "whole/other/b.txt"):
        files.write(tmp_path / name, name)
    commit = commit_all(tmp_path / "whole")
    monkeypatch.chdir(tmp_path / "whole" / "part")
    assert git.commit(Path()) == (commit, "")
    project = verify.clone(commit, tmp_path / "clone")
    assert (project / "a.txt").read_text(encoding="utf-8") == "whole/part/a.txt"


def test_no_variable_of_gits_is_handed_on(monkeypatch):
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    assert not any(name.startswith("GIT_") for name in git.environment())
    assert git.environment()["PATH"] == os.environ["PATH"]


def test_a_folder_below_a_repository_is_in_it(tmp_path):
    assert not git.is_repository(tmp_path)
    git.ask("init", "--quiet", folder=tmp_path)
    (tmp_path / "below").mkdir()
    assert git.is_repository(tmp_path / "below")
