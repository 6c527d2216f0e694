"""A terminal that is closed, as where a connection breaks off, leaves no lock on the folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import assert_ok, run

SLEEP = "import pathlib, time\n\npathlib.Path('began').touch()\ntime.sleep(8)\n"
CHECK = ("snakemake", "--cores", "1", "--until", "check")


@pytest.fixture
def slow(tiny) -> Path:
    """The tiny study, nothing run yet, whose check takes a while."""
    door = tiny / "stages" / "check.py"
    door.write_text(SLEEP + door.read_text(encoding="utf-8"), encoding="utf-8")
    return tiny


@pytest.mark.parametrize("how", ["with its jobs", "alone", "by nohup"])
def test_a_run_that_is_hung_up_can_be_started_again(how, slow):
    ignored = ["nohup"] if how == "by nohup" else []
    command = [*ignored, sys.executable, "-m", *CHECK]
    started = subprocess.Popen(
        command, cwd=slow, start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        # These tests may run under nohup themselves, which children inherit.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )  # fmt: skip
    while started.poll() is None and not (slow / "began").exists():
        time.sleep(0.1)
    kill = os.kill if how == "alone" else os.killpg
    kill(started.pid, signal.SIGHUP)
    assert started.wait(timeout=120) == (0 if how == "by nohup" else 1)
    assert_ok(run(slow, *CHECK))
    assert (slow / "runs" / "tiny.check.json").is_file()
