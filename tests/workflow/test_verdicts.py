"""What both engines would run after an edit or a damage of a finished study: the same, whatever the
dates. Nothing is run here; tests/workflow/test_repairs.py runs."""

import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from damages import DAMAGES, EDITS, HARMLESS, Change

OWN_OF_ENGINES = {".snakemake", ".dvc", ".git", "__pycache__"}


class Engines:
    """Both engines in a project, asked in one process that has them imported."""

    def __init__(self, project: Path):
        command = [sys.executable, "-B", str(ROOT / "tests" / "verdicts.py")]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=project, encoding="utf-8", **pipes)

    def would_run(self, engine: str) -> set[str]:
        """The jobs that an engine would run now."""
        print(engine, file=self.process.stdin, flush=True)
        said = self.process.stdout.readline()
        assert said, self.process.stderr.read()
        return set(json.loads(said))


@pytest.fixture(scope="module")
def engines(project):
    started = Engines(project)
    yield started
    started.process.communicate()


@pytest.fixture
def changed(project, finished):
    """The project, to be changed; as it was afterwards."""
    yield project
    restore(project, finished)


def restore(project: Path, finished: Path) -> None:
    """Give the project the files of the finished one, dates too, and no others."""
    kept = set(_files(finished))
    for name in set(_files(project)) - kept:
        (project / name).unlink()
    for name in kept:
        source, place = finished / name, project / name
        if not place.is_file() or not filecmp.cmp(source, place, shallow=False):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
        os.utime(place, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))


def _files(folder: Path) -> list[str]:
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in OWN_OF_ENGINES]
        found += [str((Path(here) / name).relative_to(folder)) for name in names]
    return found


@pytest.mark.parametrize("change", [*EDITS, *DAMAGES], ids=str)
def test_what_must_run_again(change: Change, changed, engines):
    change.make(changed)
    by_snakemake, by_dvc = engines.would_run("snakemake"), engines.would_run("dvc")
    assert by_snakemake == change.runs
    # DVC names what comes after a changed file before it knows whether that comes out otherwise.
    assert by_dvc & by_snakemake
    assert by_dvc <= by_snakemake | change.follow


@pytest.mark.parametrize("change", HARMLESS, ids=str)
def test_what_changes_no_content_runs_nothing(change: Change, changed, engines):
    change.make(changed)
    assert engines.would_run("snakemake") == set()
    assert engines.would_run("dvc") == set()
