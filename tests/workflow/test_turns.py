"""Snakemake and DVC in one folder at once, rules of ours in another's Snakefile, and a Snakemake
that stands elsewhere."""

import json
import os
import subprocess
import sys

import pytest
from conftest import assert_nothing_to_do, assert_ok, run
from damages import commented

from stages import files
from stages.command import Problem
from stages.workflow import turns

HOLD = "from stages.workflow import turns; turns.take(); print(1, flush=True); input()"
MODULE = """
module rungs:
    snakefile: "Snakefile"
use rule * from rungs as rungs_*
rule mine:
    default_target: True
    input: "reports/tiny/index.html"
    output: "runs/mine.txt"
    shell: "touch {output}"
"""


@pytest.fixture
def held(project):
    """The project while a Snakemake is at work there."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD], cwd=project, **pipes) as snakemake:
        assert snakemake.stdout.readline() == b"1\n"
        yield project
        snakemake.communicate(b"\n")


def test_dvc_is_refused_while_snakemake_is_at_work(held):
    said = run(held, "dvc", "repro", "--force", "--single-item", "check")
    assert said.returncode != 0
    errors = [line for line in said.stdout.splitlines() if line.startswith("error: ")]
    assert errors == [
        "error: snakemake is at work in this folder; wait until it is done, and run dvc again"
    ]


def test_after_snakemake_dvc_goes_on(project):
    assert_ok(run(project, "dvc", "repro", "--force", "--single-item", "check"))
    assert_nothing_to_do(project)


def test_snakemake_is_refused_while_dvc_is_at_work(project, monkeypatch):
    """DVC writes down which process has a stage; one that is gone holds nothing."""
    monkeypatch.chdir(project)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as dvc:
        entry = {"pid": dvc.pid, "cmd": "dvc repro"}
        files.write(turns.AT_WORK, json.dumps({"write": {"runs": entry}, "read": {}}))
        with pytest.raises(Problem, match=rf"^dvc is at work in this folder \(process {dvc.pid}\)"):
            turns.take()
        said = run(project, "snakemake", "--cores", "1", "--forcerun", "check")
        assert said.returncode != 0
        assert f"error: dvc is at work in this folder (process {dvc.pid})" in said.stdout
        dvc.communicate(b"\n")
    first, second = turns.take(), turns.take()
    os.close(first)
    os.close(second)
    turns.AT_WORK.unlink()


@pytest.mark.parametrize("written", ["[]", "{}", '{"read": 5, "write": {}}', '{"write": {"a": 1}}'])
def test_books_of_dvc_that_nobody_knows_keep_nobody_out(written, project, monkeypatch):
    monkeypatch.chdir(project)
    files.write(turns.AT_WORK, written)
    os.close(turns.take())
    turns.AT_WORK.unlink()


def test_a_snakefile_in_the_clone_may_use_our_rules_and_dvc_is_told(project):
    (project / "own.smk").write_text(MODULE, encoding="utf-8")
    commented("params.yaml")(project)
    said = assert_ok(run(project, "snakemake", "--snakefile", "own.smk", "--cores", "1"))
    assert "committed to DVC" in said
    assert_nothing_to_do(project)


@pytest.mark.parametrize("where", ["elsewhere", "directory", "module elsewhere"])
def test_elsewhere_is_one_line(where, project, tmp_path):
    ours, at = str(project / "Snakefile"), tmp_path
    if where == "directory":
        said = run(project, "snakemake", "--dry-run", "--directory", str(tmp_path))
    elif where == "elsewhere":
        said = run(at, "snakemake", "--dry-run", "--snakefile", ours)
    else:
        (at / "Snakefile").write_text(MODULE.replace('"Snakefile"', repr(ours)), encoding="utf-8")
        said = run(at, "snakemake", "--dry-run")
    assert said.returncode != 0
    [line] = [line for line in said.stdout.splitlines() if line.startswith("error: ")]
    assert line.startswith(f"error: {at}: Rungs runs in its own clone")
    assert line.endswith(f"cd {project}, and run it there")
