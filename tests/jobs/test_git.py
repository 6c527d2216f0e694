"""Git's own variables, as hooks and aliases set them, lead no git here into another repository."""

import os
from pathlib import Path

import pytest

from stages import files
from stages.jobs import git, provenance
from stages.workflow import verify


def commit_all(folder: Path) -> str:
    """A repository of one commit; which commit."""
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "start"],
    ):
        git.ask("-c", "user.name=test", "-c", "user.email=test@example.org", *words, folder=folder)
    return git.ask("rev-parse", "HEAD", folder=folder)


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


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


def test_the_commit_that_is_recorded_is_of_this_code(repositories, monkeypatch):
    mine, _, commit = repositories
    monkeypatch.setattr(provenance, "ROOT", mine)
    assert provenance.commit() == commit


def test_no_variable_of_gits_is_handed_on(monkeypatch):
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    assert not any(name.startswith("GIT_") for name in git.environment())
    assert git.environment()["PATH"] == os.environ["PATH"]


def test_a_folder_below_a_repository_is_in_it(tmp_path):
    assert not git.is_repository(tmp_path)
    git.ask("init", "--quiet", folder=tmp_path)
    (tmp_path / "below").mkdir()
    assert git.is_repository(tmp_path / "below")
