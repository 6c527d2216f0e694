"""Damaged files of a finished study are made again, as they were, by either engine, and nothing
else is."""

import filecmp
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from asked import Engines, Ran, files_of
from conftest import assert_nothing_to_do, assert_ok, run
from damages import DAMAGES, FAR_AHEAD, Change, dated, replaced, trained

# What a clock measured, and what is no result: Snakemake's mark of a folder that it makes, as in
# same_bytes.sh, and the lock of a download.
MEASURED = ["*cost.*", "train.json", "report.json", "index.html"]
LEFT = {".snakemake_timestamp", "digits.lock"}
ENGINES = {"snakemake": ["snakemake", "--cores", "1"], "dvc": ["dvc", "repro"]}


def grouped() -> list[list[Change]]:
    """All damages, as many at once as don't lie one in another's."""
    groups: list[list[Change]] = []
    # Those of whole folders first.
    for change in sorted(DAMAGES, key=lambda change: change.damaged.count("/")):
        free = (group for group in groups if not any(_meet(change, other) for other in group))
        group = next(free, None)
        if group is None:
            groups.append([change])
        else:
            group.append(change)
    return groups


def _meet(one: Change, other: Change) -> bool:
    places = [f"{change.damaged}/" for change in (one, other)]
    return places[0].startswith(places[1]) or places[1].startswith(places[0])


GROUPS = {f"{group[0]} and {len(group) - 1} more": group for group in grouped()}


@pytest.fixture
def copied(finished, tmp_path) -> Path:
    return shutil.copytree(finished, tmp_path / finished.name, symlinks=True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("group", GROUPS)
def test_what_is_damaged_is_made_again(group, engine, copied, finished):
    ran = Ran(copied)
    for change in GROUPS[group]:
        change.make(copied)
    assert_ok(run(copied, *ENGINES[engine]))
    must_run = set().union(*(change.runs for change in GROUPS[group]))
    # DVC fetches from its cache what it has made of the same files before.
    assert ran.jobs() == must_run if engine == "snakemake" else ran.jobs() <= must_run
    assert _others(copied, finished) == []
    engines = Engines(copied)
    assert engines.would_run("snakemake") == engines.would_run("dvc") == set()
    assert engines.damage() == []
    engines.close()


def test_after_an_edit_results_dated_in_the_future_end_no_job(copied):
    """Snakemake takes them for a clock that is wrong, and removes what the job has made."""
    ran = Ran(copied)
    dated(FAR_AHEAD)(copied)
    replaced("params.yaml", "{rate: 0.3}", "{rate: 0.2}")(copied)
    assert_ok(run(copied, "snakemake", "--cores", "1"))
    assert ran.jobs() == {"check", *trained("dropout")}
    assert_nothing_to_do(copied)


def _others(project: Path, finished: Path) -> list[str]:
    """The results that are not those of the finished study, byte for byte."""
    names = {name for folder in (project, finished) for name in files_of(folder)}
    names = {name for name in names if Path(name).name not in LEFT}
    results = [name for name in names if name.startswith(("data/", "runs/", "reports/"))]
    same = [name for name in results if _is_the_same(project / name, finished / name)]
    return sorted(set(results) - set(same))


def _is_the_same(one: Path, other: Path) -> bool:
    both = one.is_file() and other.is_file()
    measured = any(fnmatch(one.name, pattern) for pattern in MEASURED)
    return both and (measured or filecmp.cmp(one, other, shallow=False))
