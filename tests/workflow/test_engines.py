"""What is said of the books of both engines, and what happens where DVC can't be told."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, TINY, assert_nothing_to_do, assert_ok, edit, run
from damages import commented, written

from stages.study.study import load
from stages.workflow import engines
from stages.workflow.engines import leftovers

COMMIT = "from stages.workflow.engines import commit; commit()"


def test_what_a_study_no_longer_has_is_found(tmp_path, monkeypatch):
    study = load(TINY)
    monkeypatch.chdir(tmp_path)
    for name in (
        "recipes",
        *(f"digits/{rung}" for rung in study.rungs),
        "digits/once",
        "cifar10/basic",
        "digits/basic/tensorboard",
    ):
        (tmp_path / "runs" / study.study / name).mkdir(parents=True)
    assert [str(path) for path in leftovers(study)] == [
        f"runs/{study.study}/cifar10",
        f"runs/{study.study}/digits/once",
    ]


def test_a_rung_that_begins_with_anothers_weights_is_of_the_study(tmp_path, monkeypatch):
    study = load(ROOT / "tests" / "starts.yaml")
    monkeypatch.chdir(tmp_path)
    begun = [f"{start.dataset}/{start.rung}" for start in study.starts]
    for place in (*(f"digits/{rung}" for rung in (*study.rungs, "once")), *begun):
        (tmp_path / "runs" / study.study / place).mkdir(parents=True)
    assert [path.name for path in leftovers(study)] == ["once"]


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("", "it ended with exit code 255 and said nothing"),
        ("ERROR: a\nERROR: b\n", "a"),
        ("first.\n\nmore\n", "first"),
    ],
)
def test_whatever_dvc_says_when_it_fails_is_one_line(printed, said, monkeypatch, capsys):
    failed = subprocess.CompletedProcess([], 255, stdout="", stderr=printed)
    monkeypatch.setattr(engines, "_run", lambda *words: failed)
    monkeypatch.setattr(engines.git, "tell_dvc", lambda: None)
    monkeypatch.setattr(engines.LOG, "handlers", [])
    engines.commit()
    shown = capsys.readouterr().err
    assert shown == (
        f"not committed to DVC: {said}; "
        "the results are whole without it; mend that, then run make adopt\n"
    )


def test_a_person_s_own_stages_are_theirs_to_commit(tmp_path, monkeypatch):
    """Without any, DVC is given dvc.yaml: for each name, it would read its books again."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    monkeypatch.chdir(tmp_path)
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")
    assert engines._targets(load(TINY)) == ["dvc.yaml"]

    own = {"mine": {"cmd": "python mine.py", "outs": ["mine.txt"]}}
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages | own}), encoding="utf-8")
    # The tiny study has no rungs that begin with another's weights: DVC has no such stages.
    of_starts = {"train_start", "evaluate_start"}
    assert set(engines._targets(load(TINY))) == stages.keys() - of_starts


def test_a_run_that_was_cut_off_before_dvc_was_told_is_caught_up_with(project):
    (project / "dvc.lock").unlink()
    said = assert_ok(run(project, "python", "-m", "stages.workflow.engines"))
    assert "both engines have every file" in said
    assert_nothing_to_do(project)


def _conflict(project):
    lock = project / "dvc.lock"
    merged = f"<<<<<<< HEAD\n{lock.read_text(encoding='utf-8')}=======\n>>>>>>> other\n"
    lock.write_text(merged, encoding="utf-8")


def _no_room(project):
    (project / ".dvc" / "config.local").write_text("[cache]\n    dir = /dev/null/cache\n")
    (project / "dvc.lock").unlink()
    (project / "runs" / "tiny" / "study.json").write_text("{}")


DAMAGES = {
    "a merge conflict": (_conflict, "dvc.lock"),
    "no place for the cache": (_no_room, "/dev/null"),
    "an empty dvc.yaml": (written("dvc.yaml"), "dvc.yaml: it has none of our stages"),
    "no map in dvc.yaml": (written("dvc.yaml", "stages: [5]"), "dvc.yaml: it has none of our"),
    "no YAML in dvc.yaml": (written("dvc.yaml", "{"), "dvc.yaml:1: this is no YAML: expected"),
    "no DVC": (lambda project: shutil.rmtree(project / ".dvc"), "DVC"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_dvc_cannot_be_told_there_is_one_line(damage, project, tmp_path):
    copied = shutil.copytree(project, tmp_path / "copy", symlinks=True)
    spoil, words = DAMAGES[damage]
    spoil(copied)
    lines = [line for line in assert_ok(run(copied, "python", "-c", COMMIT)).splitlines() if line]
    assert len(lines) == 1, lines
    assert lines[0].startswith("not committed to DVC: ")
    assert words in lines[0]
    assert lines[0].endswith("mend that, then run make adopt")


def test_a_whole_run_ends_well_where_dvc_cannot_be_told(project, tmp_path):
    copied = shutil.copytree(project, tmp_path / "copy", symlinks=True)
    shutil.rmtree(copied / ".dvc")
    # So that a record is another, too.
    commented("reports/style.css", "/* edited */")(copied)
    said = assert_ok(run(copied, "snakemake", "--cores", "1"))
    assert "Traceback" not in said
    assert said.count("not committed to DVC: ") == 1


def test_another_process_that_holds_dvcs_lock_is_named(project):
    hold = "from dvc.repo import Repo; r = Repo('.'); r.lock.lock(); import subprocess, sys; "
    ask = f"sys.exit(subprocess.run([sys.executable, '-c', {COMMIT!r}]).returncode)"
    said = assert_ok(run(project, "python", "-c", hold + ask))
    assert said.count("not committed to DVC: ") == 1
    assert "lock" in said


def test_without_git_both_engines_work_and_know_of_each_other(project, tmp_path):
    """As from a ZIP download; and DVC knows git again where it comes."""
    copied = shutil.copytree(project, tmp_path / "copy", symlinks=True)
    shutil.rmtree(copied / ".git")
    (copied / "dvc.lock").unlink()
    assert "committed to DVC" in assert_ok(
        run(copied, "snakemake", "--cores", "1", "--forcerun", "report")
    )
    assert_nothing_to_do(copied)
    assert "accuracy" in assert_ok(run(copied, "dvc", "metrics", "show"))
    said = run(copied, "python", "-m", "stages.workflow.verify", "--run", "runs/tiny/digits/relu")
    assert (said.returncode, said.stdout.count("\n")) == (1, 1)
    assert "needs git" in said.stdout

    assert_ok(run(copied, "git", "init", "--quiet"))
    assert_ok(run(copied, "python", "-m", "stages.jobs.git"))
    assert "no_scm" not in (copied / ".dvc" / "config.local").read_text(encoding="utf-8")


def _clone_of_what_is_shared(project, folder) -> tuple[Path, Path]:
    """A fresh clone of a project whose results were pushed, and the folder that they are in."""
    first, clone, remote = (folder / name for name in ("first", "clone", "remote"))
    shutil.copytree(project, first, symlinks=True)
    (first / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    assert_ok(run(first, "dvc", "remote", "add", "--default", "shared", str(remote)))
    assert_ok(run(first, "dvc", "push"))
    assert_ok(run(first, "git", "add", "--all"))
    person = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    assert_ok(run(first, "git", *person, "commit", "--quiet", "--message", "share"))
    assert_ok(run(folder, "git", "clone", "--quiet", str(first), str(clone)))
    return clone, remote


def test_a_clone_pulls_what_another_has_made_and_has_nothing_to_do(project, tmp_path):
    """By the Makefile, as README says; .venv stands for itself here."""
    clone, remote = _clone_of_what_is_shared(project, tmp_path)
    assert not (clone / "runs").exists()
    for name in ("requirements.lock", ".venv/installed"):
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).touch()

    remote.rename(tmp_path / "away")
    assert_ok(run(clone, "make", "setup"))
    failed = run(clone, "make", "pull")
    assert failed.returncode != 0
    errors = [line for line in failed.stdout.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, failed.stdout
    assert errors[0].startswith("error: dvc pull: it failed, as it says above")
    assert "Traceback" not in failed.stdout
    page = Path("reports", "tiny", "index.html")
    assert not (clone / page).exists()

    (tmp_path / "away").rename(remote)
    assert "nothing to do" in assert_ok(run(clone, "make", "pull"))
    assert (clone / page).read_bytes() == (project / page).read_bytes()
    assert_nothing_to_do(clone)


def test_a_fresh_clone_makes_one_changed_rung_and_fetches_what_else_it_needs(project, tmp_path):
    clone, _ = _clone_of_what_is_shared(project, tmp_path)
    edit(clone, "combine: mean", "combine: majority")
    edit(
        clone, "like: dropout, dropout: none", "like: dropout, dropout: none, scaling: zero_to_one"
    )
    assert_ok(run(clone, "dvc", "repro", "--pull", "--allow-missing"))
    assert [log.stem for log in (clone / "logs/tiny/train").rglob("*.log")] == ["without_dropout"]
    page = (clone / "reports/tiny/index.html").read_text(encoding="utf-8")
    assert "majority" in page
    # What only trainings read was not fetched, and is all that is left to make.
    planned = assert_ok(run(clone, "snakemake", "--dry-run"))
    assert not re.search("^(train|evaluate|report) ", planned, re.MULTILINE), planned


def test_what_changes_while_dvc_commits_is_not_left_in_its_books(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    before, real = Path("dvc.lock").read_bytes(), engines._run

    def slow(*words):
        commented("reports/style.css", "/* edited */")(project)
        return real(*words)

    monkeypatch.setattr(engines, "_run", slow)
    monkeypatch.setattr(engines.LOG, "handlers", [])
    assert_ok(run(project, "python", "-m", "stages.workflow.engines"))
    engines.commit()
    assert "files have changed meanwhile: 1 job of the study is left" in capsys.readouterr().err
    assert Path("dvc.lock").read_bytes() == before


def test_a_study_of_another_file_is_not_committed_before_check_has_seen_params_yaml(
    project, tmp_path
):
    copied = shutil.copytree(project, tmp_path / "copy", symlinks=True)
    shutil.copy(copied / "params.yaml", copied / "same.yaml")
    commented("params.yaml")(copied)
    said = assert_ok(run(copied, "snakemake", "--cores", "1", "--configfile", "same.yaml"))
    assert "not committed to DVC: 1 job of the study is left (check)" in said


def test_an_experiment_of_fewer_rungs_as_the_page_says(project, tmp_path):
    page = (ROOT / "docs" / "reproduce.md").read_text(encoding="utf-8")
    changes = re.search(r"must go with it: `((?:-S\s+'\w+=\S+'\s*)+)`", page)[1].split()
    copied = shutil.copytree(project, tmp_path / "copy", symlinks=True)
    assert_ok(run(copied, "dvc", "exp", "run", *(word.strip("'") for word in changes)))
    assert "ladder:\n- basic\n- relu\n" in (copied / "params.yaml").read_text(encoding="utf-8")
    assert "mean_of_softmax" not in (copied / "reports/tiny/summary.md").read_text(encoding="utf-8")
    assert_nothing_to_do(copied)
