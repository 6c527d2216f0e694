"""Marks: a file per job below .snakemake/, by which Snakemake, going by dates, goes by records."""

import os
import time
from pathlib import Path

from stages import files


def renew(path: Path, needed: bool, after: float) -> None:
    """Write the mark `path` of a job, where there is none or the job is `needed`.

    It is dated now, or after what is dated in the future (`after`), and its content is new, for who
    goes by checksums.
    """
    if needed or not path.exists():
        files.write(path, f"{time.time_ns()}\n")
        if after >= os.stat(path).st_mtime:
            os.utime(path, (after + 1,) * 2)
