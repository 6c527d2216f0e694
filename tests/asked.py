"""A finished project in a test: both engines asked what they would run in it, and its files as they
were."""

import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

OWN_OF_ENGINES = {".snakemake", ".dvc", ".git", "__pycache__"}


class Engines:
    """Both engines in a project, asked in one process that has them imported."""

    def __init__(self, project: Path):
        command = [sys.executable, "-B", str(ROOT / "tests" / "verdicts.py")]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=project, encoding="utf-8", **pipes)

    def would_run(self, engine: str) -> set[str]:
        """The jobs that an engine would run now."""
        return set(self._answer(engine))

    def damage(self) -> list[str]:
        """The lines of `make check-files`."""
        return self._answer("damage")

    def close(self) -> None:
        """End the process."""
        self.process.communicate()

    def _answer(self, question: str) -> list[str]:
        print(question, file=self.process.stdin, flush=True)
        said = self.process.stdout.readline()
        assert said, self.process.stderr.read()
        return json.loads(said)


def restore(project: Path, finished: Path) -> None:
    """Give the project the files of the finished one, dates too, and no others."""
    kept = set(files_of(finished))
    for name in set(files_of(project)) - kept:
        (project / name).unlink()
    for name in kept:
        source, place = finished / name, project / name
        if not place.is_file() or not filecmp.cmp(source, place, shallow=False):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
        os.utime(place, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))


def files_of(folder: Path) -> list[str]:
    """The files below a folder, but for what belongs to the engines and to git."""
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in OWN_OF_ENGINES]
        found += [str((Path(here) / name).relative_to(folder)) for name in names]
    return found


class Ran:
    """Which jobs have run since it was last asked: those whose log is a new one."""

    def __init__(self, project: Path):
        self.project, self.dates = project, {}
        self.jobs()

    def jobs(self) -> set[str]:
        """The names of the jobs (`train digits relu`) that have run since the last call."""
        logs = (self.project / "logs").rglob("*.log")
        dates = {_job(log.relative_to(self.project)): log.stat().st_mtime_ns for log in logs}
        new = {job for job, date in dates.items() if self.dates.get(job) != date}
        self.dates = dates
        return new


def _job(log: Path) -> str:
    """The name of the job that writes a log: logs of a study lie in a folder of its name."""
    parts = log.with_suffix("").parts[1:]
    of_study = parts[0] not in ("check", "download", "normalize")
    return " ".join(parts[1:] if of_study else parts)
