"""The door of a stage: the parameters of its `main` are its command's flags, and a problem is one
line."""

import argparse
import errno
import fcntl
import gc
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

LOG = logging.getLogger("rungs")
# What DVC sets for the command of a stage, and the file that a Snakemake at work has locked.
STAGE, RUNNING = "DVC_STAGE", Path(".snakemake/rungs/running")


class Problem(Exception):
    """Something the user can mend; its text is one line: where, what was found, what is allowed,
    what to do."""

    def __init__(self, text: str):
        super().__init__(re.sub(r"\s*\n\s*", " ", text.strip()))


def run(main: Callable[..., None]) -> None:
    """Call `main` with the flags of the command line, `--some-path` for a parameter `some_path`;
    leave with 1 and one line for a Problem, or for what the system refuses (as a full disk).

    Every stage also takes `--log FILE`: LOG's lines are added there, those of level DEBUG too,
    which the terminal doesn't show.
    """
    import tyro

    flags = argparse.ArgumentParser(add_help=False)
    flags.add_argument("--log", type=Path)
    log, rest = flags.parse_known_args()
    LOG.setLevel(logging.DEBUG)
    LOG.addHandler(_handler(logging.StreamHandler(), logging.INFO))
    try:
        if log.log is not None:
            log.log.parent.mkdir(parents=True, exist_ok=True)
            LOG.addHandler(_handler(_log_file(log.log), logging.DEBUG))
        _refuse_a_turn_of_dvc()
        tyro.cli(main, args=rest)
    except Problem as problem:
        _leave(str(problem))
    except KeyboardInterrupt:
        _leave("interrupted")
    except OSError as error:
        _leave(refused(error))
    finally:
        # Else Python looks for garbage in all that is there before it ends: half a second of
        # processor time where torch is.
        gc.freeze()


def _refuse_a_turn_of_dvc() -> None:
    """Raise Problem where DVC runs this while Snakemake is at work in the same folder."""
    if STAGE in os.environ and RUNNING.is_file():
        with open(RUNNING, encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                what = "wait until it is done, and run dvc again"
                raise Problem(f"snakemake is at work in this folder; {what}") from None
            except OSError:
                # A file system without locks, where nobody is kept out.
                return


def refused(error: OSError) -> str:
    """What the system has refused, and what to do, in one line."""
    where, what = error.filename or "system", error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        return f"{where}: is missing; correct the path, or let snakemake or dvc repro make it"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}: {what}; make room there, or choose a place that has some"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}: {what}; choose a place that you may read and write, or have it permitted"
    return f"{where}: {what}; see that it is there and can be read and written"


def _log_file(path: Path) -> logging.FileHandler:
    # A path that is not the locale's holds what UTF-8 can't say.
    return logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")


def _handler(handler: logging.Handler, level: int) -> logging.Handler:
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("%(message)s"))
    return handler


def _leave(text: str) -> None:
    LOG.error("error: %s", text)
    sys.exit(1)
