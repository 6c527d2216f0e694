"""`make doctor`: what would run where, on one screen, whatever is wrong."""

import re
import sys

import pytest
from conftest import assert_ok, run

from stages.workflow import doctor


def told(project, *variables: str) -> dict[str, str]:
    words = ["env", *variables, sys.executable, "-m", "stages.workflow.doctor"]
    lines = assert_ok(run(project, *words)).splitlines()
    assert [line.split()[0] for line in lines] == list(doctor.LINES)
    return {line.split()[0]: line[10:] for line in lines}


def test_of_a_finished_study(project):
    said = told(project, "-u", "CUDA_VISIBLE_DEVICES", "OMP_THREAD_LIMIT=7")
    assert said["study"] == "tiny of params.yaml: 0 jobs would run"
    assert said["threads"] == "1 for each training job, as the study says"
    assert said["data"].startswith("there: digits")
    assert re.fullmatch(r"\d+ trained rungs, .* MB, in .*rungs, of 20 GB", said["store"])
    assert said["dvc"] == "remotes: none"
    assert "OMP_THREAD_LIMIT=7" in said["variables"]
    assert not any(text.startswith("problem") for text in said.values())


def test_a_study_that_is_not_valid_is_a_line_of_its_own(project):
    params = project / "params.yaml"
    before = params.read_text(encoding="utf-8")
    params.write_text(before.replace("activation: relu", "activation: rleu"), encoding="utf-8")
    try:
        said = told(project, "HTTP_PROXY=http://me:s3cret@proxy")
    finally:
        params.write_text(before, encoding="utf-8")
    assert "'rleu' is not a name of this slot" in said["study"]
    assert "HTTP_PROXY" in said["variables"]
    assert "s3cret" not in str(said)


@pytest.mark.parametrize("line", ["device", "threads", "cores", "memory", "disk"])
def test_what_a_machine_lacks_is_said_and_the_rest_goes_on(line, monkeypatch, capsys):
    def fail():
        raise OSError(5, "Input/output error", "/proc/x")

    monkeypatch.setitem(doctor.LINES, line, fail)
    doctor.main()
    [text] = [each for each in capsys.readouterr().out.splitlines() if each.startswith(line)]
    assert "problem: [Errno 5]" in text
