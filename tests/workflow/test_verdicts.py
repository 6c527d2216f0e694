"""What both engines would run after an edit or a damage of a finished study: the same, whatever the
dates; and what `make check-files` says. Nothing is run here, but in test_repairs.py."""

import pytest
from asked import Engines, restore
from damages import DAMAGES, EDITS, HARMLESS, Change


@pytest.fixture(scope="module")
def engines(project):
    started = Engines(project)
    yield started
    started.close()


@pytest.fixture
def changed(project, finished):
    """The project, to be changed; as it was afterwards."""
    yield project
    restore(project, finished)


@pytest.mark.parametrize("change", [*EDITS, *DAMAGES], ids=str)
def test_what_must_run_again(change: Change, changed, engines):
    change.make(changed)
    by_snakemake, by_dvc = engines.would_run("snakemake"), engines.would_run("dvc")
    assert by_snakemake == change.runs
    # DVC names what comes after a changed file before it knows whether that comes out otherwise.
    assert by_dvc & by_snakemake
    assert by_dvc <= by_snakemake | change.follow
    _assert_found(change, engines.damage())


def _assert_found(change: Change, lines: list[str]) -> None:
    """All lines of a damage name it or what lies in it; those of an edit call nothing damaged."""
    assert lines
    if change.damaged:
        places = f"{change.damaged}: ", f"{change.damaged}/"
        assert [line for line in lines if not line.startswith(places)] == []
    else:
        assert [line for line in lines if "is not what" in line] == []


@pytest.mark.parametrize("change", HARMLESS, ids=str)
def test_what_changes_no_content_runs_nothing(change: Change, changed, engines):
    change.make(changed)
    assert engines.would_run("snakemake") == set()
    assert engines.would_run("dvc") == set()
    assert engines.damage() == []
