"""The stages of a Snakemake run by the Python that runs Snakemake, whichever `python` the path has
first, if any."""

import os
import shlex
import sys
from pathlib import Path

from stages import files

# With one of these, `python -m stages.…` would not look into the folder that it is started in, or
# look for Python's own modules elsewhere; or bash would run a file first, which may set the path.
MISLEADING = ("PYTHONSAFEPATH", "PYTHONHOME", "BASH_ENV")


def lead(place: Path) -> None:
    """Have `python` mean this one in every job that this process starts; where its folder has no
    program of that name, one that starts it is written to the folder `place`."""
    for name in MISLEADING:
        os.environ.pop(name, None)
    folder = Path(sys.executable).parent
    if not _is_this(folder / "python"):
        folder = place.absolute()
        _write(folder / "python")
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def _is_this(program: Path) -> bool:
    return os.path.realpath(program) == os.path.realpath(sys.executable)


def _write(program: Path) -> None:
    # No link, which would lose the packages of a virtual environment.
    text = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'
    if not program.is_file() or program.read_text(encoding="utf-8") != text:
        files.write(program, text)
    program.chmod(0o755)
