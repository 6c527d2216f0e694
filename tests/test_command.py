"""A stage's door: flags from the names of its main, and one line for what the user can mend."""

import subprocess
import sys

import pytest
from conftest import ROOT

from stages.command import Problem

STAGE = """
import sys
from pathlib import Path
from stages import command
def main(some_path: Path, times: int = 1) -> None:
    command.LOG.debug("in detail")
    command.LOG.info("in short")
    {body}
command.run(main)
"""


def stage(body: str, *flags) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", STAGE.format(body=body), *map(str, flags)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def test_flags_are_the_parameters(tmp_path):
    said = stage(
        "print(some_path, type(times).__name__, times)", "--some-path", tmp_path, "--times", "3"
    )
    assert (said.returncode, said.stdout) == (0, f"{tmp_path} int 3\n")


@pytest.mark.parametrize(
    "flags", [[], ["--some-path", "x", "--other", "y"], ["--some-path", "x", "--times", "few"]]
)
def test_flags_that_are_missing_or_wrong_are_refused_before_any_work(flags):
    said = stage("print('worked')", *flags)
    assert said.returncode == 2
    assert said.stdout == ""
    assert "Traceback" not in said.stderr


def test_the_log_holds_more_than_the_terminal_shows(tmp_path):
    log = tmp_path / "new folder" / "a.log"
    for _ in range(2):
        assert stage("pass", "--some-path", "x", "--log", log).stderr == "in short\n"
    assert log.read_text(encoding="utf-8") == "in detail\nin short\n" * 2


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("raise command.Problem('here:\\n  this is wrong\\n')", "error: here: this is wrong\n"),
        ("raise KeyboardInterrupt", "error: interrupted\n"),
        ("open(some_path / 'none')", "error: /dev/null/none: Not a directory; see that"),
        ("open('none.csv')", "error: none.csv: is missing; "),
        (
            "Path('/dev/full').write_text('x', encoding='utf-8')",
            "error: system: No space left on device; make room there",
        ),
        (
            "raise PermissionError(13, 'Permission denied', 'x')",
            "error: x: Permission denied; choose",
        ),
        (
            "raise OSError(30, 'Read-only file system', 'x')",
            "error: x: Read-only file system; choose",
        ),
    ],
    ids=["a problem", "an interrupt", "no folder", "no file", "full", "not allowed", "read-only"],
)
def test_a_problem_is_one_line_on_the_terminal_and_in_the_log(body, line, tmp_path):
    said = stage(body, "--some-path", "/dev/null", "--log", tmp_path / "a.log")
    assert said.returncode == 1
    last = said.stderr.removeprefix("in short\n")
    assert last.startswith(line)
    assert last.count("\n") == 1
    assert (tmp_path / "a.log").read_text(encoding="utf-8").endswith(last)


def test_a_log_that_cannot_be_written_is_a_problem_too():
    said = stage("print('worked')", "--some-path", "x", "--log", "/dev/null/a.log")
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1)


def test_what_is_no_problem_of_the_users_keeps_its_traceback():
    assert "ZeroDivisionError" in stage("1 / 0", "--some-path", "x").stderr


def test_a_problems_text_is_one_line():
    assert str(Problem("  one\n   two \n\n three\n")) == "one two three"


def test_what_is_there_at_the_end_is_not_searched_for_garbage(tmp_path):
    """Which takes half a second where torch is."""
    body = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000))"
    said = stage(body, "--some-path", tmp_path)
    assert (said.returncode, said.stdout) == (0, "True\n")
