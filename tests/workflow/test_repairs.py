"""Damaged files of a finished study are made again, as they were, by either engine, and nothing
else is."""

import filecmp
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from asked import Engines, Ran, files_of
from conftest import assert_ok, run
from damages import DAMAGES, DATA, PAGE, RUNS, Change

# What a clock measured, and what Snakemake leaves in a folder that it makes, as in same_bytes.sh.
MEASURED = ["*cost.*", "train.json", "report.json", "index.html"]
LEFT = ".snakemake_timestamp"
ENGINES = {"snakemake": ["snakemake", "--cores", "1"], "dvc": ["dvc", "repro"]}
GROUPS = {
    "files of four stages": [
        f"{DATA}/train_labels.npy: cut",
        f"{RUNS}/relu/history.csv: emptied",
        f"{RUNS}/basic/metrics.json: gone",
        f"{PAGE}/summary.md: cut",
    ],
    "folders and records": [
        "data/raw/digits.npz: gone",
        "a rung's folder: gone",
        f"{RUNS}/mean_of_softmax/predictions.npz: cut",
        f"{PAGE}/report.json: gone",
        "runs/checked: gone",
    ],
}


@pytest.fixture
def copied(finished, tmp_path) -> Path:
    return shutil.copytree(finished, tmp_path / finished.name, symlinks=True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("group", GROUPS)
def test_what_is_damaged_is_made_again(group, engine, copied, finished):
    changes, ran = [_named(name) for name in GROUPS[group]], Ran(copied)
    for change in changes:
        change.make(copied)
    assert_ok(run(copied, *ENGINES[engine]))
    must_run = set().union(*(change.runs for change in changes))
    # DVC fetches from its cache what it has made of the same files before.
    assert ran.jobs() == must_run if engine == "snakemake" else ran.jobs() <= must_run
    assert _others(copied, finished) == []
    engines = Engines(copied)
    assert engines.would_run("snakemake") == engines.would_run("dvc") == set()
    assert engines.damage() == []
    engines.close()


def _named(name: str) -> Change:
    [found] = [change for change in DAMAGES if str(change) == name]
    return found


def _others(project: Path, finished: Path) -> list[str]:
    """The results that are not those of the finished study, byte for byte."""
    names = {name for folder in (project, finished) for name in files_of(folder)}
    names = {name for name in names if Path(name).name != LEFT}
    results = [name for name in names if name.startswith(("data/", "runs/", "reports/"))]
    same = [name for name in results if _is_the_same(project / name, finished / name)]
    return sorted(set(results) - set(same))


def _is_the_same(one: Path, other: Path) -> bool:
    both = one.is_file() and other.is_file()
    measured = any(fnmatch(one.name, pattern) for pattern in MEASURED)
    return both and (measured or filecmp.cmp(one, other, shallow=False))
