"""Marks: a file per job below .snakemake/, by which Snakemake, going by dates, goes by contents."""

import time
from pathlib import Path

from stages import files


class Marks:
    """The marks of one Snakemake run in `folder`.

    Written by the `main` process alone: those of jobs look at files that are being made.
    """

    def __init__(self, folder: Path, main: bool):
        self.folder, self.main = folder, main
        self.seen: set[str] = set()

    def of(self, job: str, needed: bool):
        """The mark of a job, one of its inputs in every run.

        Where the job is `needed`, the mark's date is now, and its content new for who goes by
        checksums; otherwise its date counts for nothing.
        """
        from snakemake.io import ancient

        path = self.folder / f"{job}.mark"
        if self.main and job not in self.seen and (needed or not path.exists()):
            files.write(path, f"{time.time_ns()}\n")
        # Snakemake asks for a job's inputs more than once.
        self.seen.add(job)
        return str(path) if needed else ancient(str(path))
