"""Folders that are links to another disk: the run is whole, and what DVC can't do is said first."""

from pathlib import Path

import pytest
from conftest import assert_ok, run

CHECK = ("--cores", "1", "--forcerun", "check", "--until", "check")


@pytest.fixture
def linked(project, tmp_path):
    """Move a folder of the project to another place, and put a link there instead."""
    moved: list[tuple[Path, Path]] = []

    def link(name: str) -> Path:
        folder, place = project / name, tmp_path / "disk"
        folder.rename(place)
        folder.symlink_to(place)
        moved.append((folder, place))
        return project

    yield link
    for folder, place in moved:
        folder.unlink()
        place.rename(folder)


@pytest.mark.parametrize("name", ["data", "runs", "reports/tiny", "data/normalized"])
def test_what_dvc_cannot_keep_is_said_before_work(name, linked):
    project = linked(name)
    assert "Nothing to be done" in assert_ok(run(project, "snakemake", "--dry-run"))
    said = assert_ok(run(project, "snakemake", *CHECK))
    first = said.index(f"will not be committed to DVC: {name} is a link")
    assert first < said.index("Finished jobid")
    assert f"not committed to DVC: {name} is a link" in said[first + 20 :]


@pytest.mark.parametrize("name", [".snakemake", "logs", ".dvc/cache"])
def test_what_is_no_result_may_be_a_link(name, linked):
    project = linked(name)
    said = assert_ok(run(project, "snakemake", *CHECK))
    assert "committed to DVC: dvc.lock and the cache hold this study" in said
    assert "Data and pipelines are up to date" in assert_ok(run(project, "dvc", "repro"))


def test_the_whole_project_may_be_reached_by_a_link(project, tmp_path):
    (tmp_path / "link").symlink_to(project)
    said = assert_ok(run(tmp_path / "link", "snakemake", *CHECK))
    assert "committed to DVC: dvc.lock and the cache hold this study" in said
