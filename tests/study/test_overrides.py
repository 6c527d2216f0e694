"""Runs that are not the whole study of params.yaml, and studies that go elsewhere."""

import re
import sys
from pathlib import Path
from shlex import quote

from conftest import ROOT, TINY, Trained, assert_nothing_to_do, assert_ok, edit, run

EDIT = ("activation: relu}", "activation: relu, penalty: {l2: {strength: 0.1}}}")


def test_an_override_reruns_what_it_touches_and_is_not_committed(project):
    lock, trained = (project / "dvc.lock").read_bytes(), Trained(project)
    override = ["snakemake", "--cores", "2", "--config", "ladder=[basic,dropout]"]
    said = assert_ok(run(project, *override))
    assert "not committed to DVC: this run's study is not the one of params.yaml" in said
    assert trained.rungs() == set()
    assert "Nothing to be done" in assert_ok(run(project, *override))
    assert (project / "dvc.lock").read_bytes() == lock

    other = ["snakemake", "--cores", "2", "--config", "ladder=[basic]", "budget={seed: 1}"]
    assert "not committed" in assert_ok(run(project, *other))
    assert trained.rungs() == {"basic"}
    assert (project / "dvc.lock").read_bytes() == lock
    assert_ok(run(project, "snakemake", "--cores", "2"))
    assert trained.rungs() == {"basic"}
    assert_nothing_to_do(project)


def test_a_part_of_a_study_ends_well_and_is_not_committed(project):
    lock = (project / "dvc.lock").read_bytes()
    edit(project, *EDIT)
    said = assert_ok(
        run(project, "snakemake", "--cores", "2", "runs/tiny/digits/relu/metrics.json")
    )
    assert re.search(r"not committed to DVC: \d+ jobs of the study are left", said)
    assert (project / "dvc.lock").read_bytes() == lock
    edit(project, *reversed(EDIT))
    assert_ok(run(project, "snakemake", "--cores", "2"))
    assert_nothing_to_do(project)


def test_another_study_whole(project):
    """--configfile replaces the study: what it does not say is not taken from params.yaml."""
    other = project / "other.yaml"
    other.write_text(
        TINY.read_text(encoding="utf-8")
        .replace("study: tiny", "study: other")
        .replace("ladder: [basic, relu, dropout]", "ladder: [dropout]"),
        encoding="utf-8",
    )
    lock, data = (
        (project / "dvc.lock").read_bytes(),
        (project / "data" / "raw" / "digits.npz").stat().st_mtime_ns,
    )
    said = assert_ok(run(project, "snakemake", "--cores", "2", "--configfile", "other.yaml"))
    assert "not committed" in said
    assert (project / "data" / "raw" / "digits.npz").stat().st_mtime_ns == data, (
        "a data set is downloaded once for all studies"
    )
    assert (project / "dvc.lock").read_bytes() == lock
    same = ["weights.safetensors", "predictions.npz", "metrics.json"]
    for name in same:
        assert (project / "runs/other/digits/dropout" / name).read_bytes() == (
            project / "runs/tiny/digits/dropout" / name
        ).read_bytes()
    assert_nothing_to_do(project)


def test_data_are_shared_by_all_studies_of_dvc_too(project):
    edit(project, "study: tiny", "study: other")
    assert "up to date" in assert_ok(
        run(project, "dvc", "status", "download@digits", "normalize@digits")
    )
    edit(project, "study: other", "study: tiny")


def test_sharing_as_the_page_says(project, tmp_path):
    """Two blocks of docs/reproduce.md, word for word: what one has made, two others take over."""
    page = (ROOT / "docs" / "reproduce.md").read_text(encoding="utf-8")
    blocks = re.findall(r"\n\n((?:    .*\n)+)", page.split("**Share results.**")[1])
    share, take = (block.splitlines() for block in blocks[:2])
    origin = tmp_path / "origin.git"
    for name in ("Makefile", "requirements.lock"):
        (project / name).write_bytes((ROOT / name).read_bytes())
    _install(project)
    _sh(
        tmp_path,
        [
            "git init --quiet --bare -b main origin.git",
            f"git -C {quote(str(project))} add Makefile requirements.lock",
        ],
    )
    _sh(
        project,
        [
            f"git remote add origin {origin}",
            "git checkout --quiet -B main",
            "git config push.autoSetupRemote true",
        ],
    )
    _sh(project, [line.replace("/some/folder", str(tmp_path / "store")) for line in share])
    for other in ("one", "two"):
        (tmp_path / other).mkdir()
        cloned, entered, *rest = [line.replace("ADDRESS", str(origin)) for line in take]
        _sh(tmp_path / other, [cloned, entered])
        clone = tmp_path / other / "rungs"
        _install(clone)
        assert "nothing to do" in _sh(clone, rest)
        assert_nothing_to_do(clone)
        assert not any(
            log.read_text(encoding="utf-8") for log in (clone / "logs").rglob("*.log")
        ), "nothing was trained"


def _install(folder):
    """What `make` would take minutes for: .venv as it is after the installation."""
    (folder / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if part.name != "installed":
            (folder / ".venv" / part.name).symlink_to(part)
    (folder / ".venv" / "installed").touch()


def _sh(folder, lines: list[str]) -> str:
    """Run lines as a person would type them, each of which must succeed."""
    who = [
        f"export GIT_{role}_{what}"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME=t", "EMAIL=t@example.org")
    ]
    return assert_ok(run(folder, "bash", "-ec", "\n".join(who + [line.strip() for line in lines])))


def test_another_member_changes_nothing_for_the_others(project):
    from safetensors.numpy import load_file

    before = load_file(project / "runs/tiny/digits/relu/weights.safetensors")
    assert_ok(
        run(
            project,
            "snakemake",
            "--cores",
            "2",
            "runs/tiny/digits/relu/metrics.json",
            "--config",
            "budget={members: 3}",
        )
    )
    after = load_file(project / "runs/tiny/digits/relu/weights.safetensors")
    assert len(after) == len(before) * 3 // 2
    assert all(after[name].tobytes() == value.tobytes() for name, value in before.items())
