"""What a running Snakemake prints in the terminal."""

import re
import sys
from pathlib import Path

from stages.jobs import machine

# Snakemake's own words, and a shell's, for a job that the system has ended.
KILLED = re.compile(r"SIGKILL|exit status 137|exit code 137|: 137\b")


def too_many(cores: int | None, here: bool) -> None:
    """Say where more jobs may run at once than this machine, where they run `here`, has room
    for."""
    most, why = machine.jobs()
    if here and cores is not None and cores > most:
        text = f"{cores} cores are more than jobs have here ({most} {why})"
        print(f"{text}; if one is killed, run snakemake --cores {most}", file=sys.stderr)


def why_killed(logs: list[str]) -> None:
    """Say what it means that a job of the run with these log files was killed, if one was."""
    there = (Path(log) for log in logs if Path(log).is_file())
    if any(KILLED.search(log.read_text(encoding="utf-8", errors="replace")) for log in there):
        had = f"all jobs together have {machine.gib(machine.memory())} here"
        what = "run fewer at once, as by snakemake --cores 1; what was trained goes on from there"
        text = "a job was killed, as the system does where memory is used up"
        print(f"error: {text}: {had}; {what}", file=sys.stderr)


def without_reasons() -> None:
    """Leave out why a job runs: a line that names every file which is new to it, for the report a
    page long. The run's log file has these lines, and a dry run, which does not come here, prints
    them."""
    from snakemake.logging import logger
    from snakemake.settings.enums import Quietness

    for handler in logger.handlers:
        if handler.name == "DefaultStreamHandler":
            handler.formatter.quiet = {*handler.formatter.quiet, Quietness.REASON}
