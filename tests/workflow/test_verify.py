"""A run that is made again from its recorded commit, and one that has been tampered with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TINY, copy_project, run
from photographs import write_classes
from repositories import commit_all

from stages import files
from stages.command import Problem
from stages.jobs import git
from stages.study import data
from stages.study.folders import hashes
from stages.workflow import verify

RUN = "runs/tiny/digits/relu"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose clones share its cache, and with it the store of trained rungs."""
    project = copy_project(tmp_path_factory.mktemp("verify") / "project", TINY)
    (project / "requirements.lock").write_text("", encoding="utf-8")
    with open(project / ".dvc" / "config", "a", encoding="utf-8") as settings:
        settings.write(f"[cache]\n    dir = {project.parent / 'cache'}\n")
    assert (
        run(
            project,
            "git",
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "add",
            "requirements.lock",
            ".dvc/config",
        ).returncode
        == 0
    )
    assert (
        run(
            project,
            "git",
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "commit",
            "-qm",
            "lock",
        ).returncode
        == 0
    )
    made = run(project, "snakemake", "--cores", "2", f"{RUN}/metrics.json")
    assert made.returncode == 0, made.stdout
    return project


def test_a_run_comes_out_the_same_in_a_fresh_clone(project):
    """Trained there: what is kept of the run proves nothing."""
    [kept] = (project.parent / "cache" / "rungs").iterdir()
    os.utime(kept, (1_000_000_000,) * 2)
    said = run(project, "python", "-m", "stages.workflow.verify", "--run", RUN)
    assert kept.stat().st_mtime == 1_000_000_000, "which is when it was taken last"
    assert said.returncode == 0, said.stdout
    assert "the same  weights.safetensors" in said.stdout
    assert f"files of {RUN} came out the same, byte for byte" in said.stdout


def test_programs_are_found_by_a_relative_path_as_the_makefile_has_it(project):
    (project / ".venv").symlink_to(Path(sys.executable).parent.parent)
    environment = {"PATH": ".venv/bin:/usr/bin:/bin", "HOME": os.environ["HOME"]}
    command = ["sh", "-c", f"python -m stages.workflow.verify --run {RUN}/"]
    said = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert said.returncode == 0, said.stderr


def test_a_folder_of_a_larger_repository_is_verified_from_that(project, tmp_path):
    """Whose other folders stand in the clone, too."""
    part = tmp_path / "whole" / "a part"
    ours = shutil.ignore_patterns(".git", ".snakemake", "__pycache__")
    shutil.copytree(project, part, symlinks=True, ignore=ours)
    files.write(tmp_path / "whole" / "other" / "stages" / "train.py", "other")
    commit = commit_all(tmp_path / "whole")
    cost = files.read_json(part / RUN / "cost.json")
    files.write_json(part / RUN / "cost.json", cost | {"commit": commit})
    said = run(part, "python", "-m", "stages.workflow.verify", "--run", RUN)
    assert said.returncode == 0, said.stdout
    assert f"files of {RUN} came out the same, byte for byte" in said.stdout
    assert git.ask("status", "--porcelain", folder=part) == ""


def test_a_run_that_was_changed_does_not(project):
    path = project / RUN / "weights.safetensors"
    before = path.read_bytes()
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    try:
        said = run(project, "python", "-m", "stages.workflow.verify", "--run", RUN)
    finally:
        path.write_bytes(before)
    assert said.returncode == 1
    assert "DIFFERS  weights.safetensors" in said.stdout
    assert said.stdout.strip().splitlines()[-1].startswith(f"error: {RUN}: 1 of ")


def made_up(folder, environment: dict, accuracy: float):
    files.write_json(folder / "record.json", {"environment": environment})
    files.write_json(folder / "metrics.json", {"accuracy": accuracy, "accuracy_low": 0.0})
    return folder


def test_on_another_machine_the_accuracy_is_enough(tmp_path, caplog):
    here, there = (
        made_up(tmp_path / "a", {"device": "A"}, 0.9),
        made_up(tmp_path / "b", {"device": "B"}, 0.915),
    )
    with caplog.at_level("INFO"):
        verify.judge(here, there)
    assert (
        "verified within 0.02: "
        "accuracy 0.9000 then, 0.9150 now, in another environment (device A → B)" in caplog.text
    )
    with pytest.raises(Problem, match="that is more than"):
        verify.judge(here, made_up(tmp_path / "c", {"device": "B"}, 0.95))


@pytest.mark.parametrize(
    ("cost", "line"),
    [
        (None, "cost.json is missing"),
        ({"commit": None}, "no commit is recorded; .* had changes that git does not know"),
        ({"commit": None, "no_commit": "git says: not ours"}, "was trained, git says: not ours"),
    ],
)
def test_what_cannot_be_made_again_is_one_line(tmp_path, cost, line):
    for name in ("cost.json", "record.json", "metrics.json") if cost else ():
        files.write_json(tmp_path / name, cost)
    with pytest.raises(Problem, match=line):
        verify.main(tmp_path)


def test_one_s_own_images_are_where_the_study_has_them(tmp_path, monkeypatch):
    """A folder in full needs no link, and one outside of the project gets none."""
    monkeypatch.chdir(tmp_path)
    write_classes(tmp_path / "data" / "photos", {"cat": 2, "dog": 2})
    found = hashes("data/photos", data.INDEX)
    files.write(data.INDEX / "known.json", "{}")
    paths = ["data/photos", str(tmp_path / "data" / "photos"), "../photos"]
    stanzas = {str(i): {"path": path} for i, path in enumerate(paths)} | {"few": {"of": "digits"}}
    verify.link_folders({"data": stanzas}, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert hashes("data/photos", data.INDEX) == found
    assert sorted(path.as_posix() for path in Path().rglob("*")) == [
        "data", "data/hashes", "data/hashes/known.json", "data/photos",
    ]  # fmt: skip
