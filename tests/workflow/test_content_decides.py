"""Content decides what runs where a finished project was copied, checked out or linked anew: its
dates, inodes and permissions are others then, and neither engine has anything to do."""

import shutil
import subprocess
from pathlib import Path

import pytest
from asked import Engines, Ran
from conftest import assert_nothing_to_do, assert_ok, run
from damages import replaced, trained

GIT = "git -c user.name=test -c user.email=test@example.org"
LINKS = ["hardlink", "symlink"]
COPIES = {
    "cp -r": "cp -r {here} {there}",
    "cp -rL, which follows links": "cp -rL {here} {there}",
    "an archive without dates": "mkdir {there} && tar -C {here} -c . | tar -C {there} -xm",
    "a clone, with results beside it": "git clone --quiet {here} {there} && cp {here}/params.yaml "
    "{here}/dvc.lock {there} && cp -r {here}/data {here}/runs {there} && "
    "cp -r {here}/reports/tiny {here}/reports/index.html {there}/reports && "
    "cp -r {here}/.dvc/cache {there}/.dvc",
}
BRANCHES = {
    "another study": "sed -i 's/rate: 0.3/rate: 0.2/' params.yaml",
    "other code": "echo 'SPARE = 1' >> stages/techniques/activation.py",
    "other code before training": "echo 'SPARE = 1' >> stages/normalize.py",
    "a file removed": "git rm --quiet stages/techniques/dropout.py",
}


def assert_nothing_would_run(project: Path) -> None:
    engines = Engines(project)
    try:
        assert engines.would_run("snakemake") == engines.would_run("dvc") == set()
        assert engines.damage() == []
    finally:
        engines.close()


def shell(folder: Path, command: str) -> None:
    assert_ok(run(folder, "bash", "-c", f"set -e; {command}"))


@pytest.fixture
def copied(finished, tmp_path) -> Path:
    return shutil.copytree(finished, tmp_path / finished.name, symlinks=True)


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_a_finished_project_has_nothing_to_do(how, finished, tmp_path):
    places = {"here": f"'{finished}'", "there": f"'{tmp_path / 'the copy'}'"}
    subprocess.run(["bash", "-c", COPIES[how].format(**places)], check=True)
    assert_nothing_would_run(tmp_path / "the copy")


def test_a_project_that_was_moved_has_nothing_to_do(copied, tmp_path):
    copied.rename(tmp_path / "moved")
    assert_nothing_would_run(tmp_path / "moved")


@pytest.mark.parametrize("other", BRANCHES)
def test_a_branch_and_back_has_nothing_to_do(other, copied):
    """Git dates what it writes anew."""
    shell(copied, f"git switch -qc other; {BRANCHES[other]}; {GIT} commit -qam other")
    shell(copied, "git switch -q -")
    assert_nothing_would_run(copied)


@pytest.mark.parametrize("link", LINKS)
def test_files_that_become_links_to_the_cache_run_nothing(link, copied):
    shell(copied, f"dvc config --local cache.type {link}; dvc checkout --quiet --relink")
    assert_nothing_would_run(copied)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("engine", ["snakemake --cores 1", "dvc repro"])
def test_with_such_a_cache_an_edit_runs_what_it_must_and_then_nothing(link, engine, copied):
    shell(copied, f"dvc config --local cache.type {link}; dvc checkout --quiet --relink")
    before = {path: path.read_bytes() for path in (copied / ".dvc/cache/files").rglob("*/*/*")}
    ran = Ran(copied)
    replaced("params.yaml", "{rate: 0.3}", "{rate: 0.2}")(copied)
    assert_ok(run(copied, *engine.split()))
    # A job of DVC's that has nothing to say leaves its log as it was.
    assert {"train digits dropout"} <= ran.jobs() <= {"check", *trained("dropout")}
    assert_nothing_to_do(copied)
    assert {path: path.read_bytes() for path in before} == before, "the cache is as it was"
