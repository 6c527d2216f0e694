"""What a study found, kept in git: made from its tables alone, small, and of the study as it
stands."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from test_report import make_runs, write

from stages import files
from stages.command import Problem
from stages.page import results, summary
from stages.page.tables.ladder import attributes
from stages.study.expectations import is_about
from stages.study.local import on
from stages.study.study import load

TEMPLATE = ROOT / "reports" / "summary.md.j2"
RESULTS = ROOT / "docs" / "results"
KEPT = sorted(path.name for path in RESULTS.iterdir() if path.is_dir()) if RESULTS.is_dir() else []


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """The folder of a study that was run, and of its report; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    text = (ROOT / "tests" / "axes.yaml").read_text(encoding="utf-8")
    text = text.replace("title: Width against learning rate\ndata", "title: a | b <i>\ndata")
    files.write(folder / "studies" / "axes.yaml", text)
    make_runs(folder / "runs" / "axes", (folder / "studies" / "axes.yaml").read_text())
    write(folder / "runs" / "axes", folder / "reports" / "axes")
    return folder


@pytest.fixture
def there(made, tmp_path) -> dict[str, Path]:
    """A copy of what was made, as the flags of the command."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    flags = {name: tmp_path / name for name in ("studies", "reports", "runs", "results")}
    return flags | {"name": "axes", "template": TEMPLATE}


def test_summary_figure_and_gallery_are_made_again_from_the_tables_alone(there):
    results.main(**there)
    folder = there["results"] / "axes"
    first = {path: path.read_bytes() for path in there["results"].rglob("*") if path.is_file()}
    assert {"summary.md", "figure.svg", "tables"} == {path.name for path in folder.iterdir()}
    shutil.rmtree(there["reports"])
    shutil.rmtree(there["runs"])
    (folder / "summary.md").unlink()
    (folder / "figure.svg").unlink()
    results.main(**there)
    assert first == {path: path.read_bytes() for path in first}


def test_a_summary_says_what_was_found_and_what_made_it(there):
    results.main(**there)
    text = (there["results"] / "axes" / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("# a \\| b \\<i\\>\n")
    ladder = pd.read_csv(there["reports"] / "axes" / "tables" / "ladder.csv")
    [basic] = ladder.loc[ladder["rung"] == "basic", "accuracy"].unique()
    assert re.search(rf"\| basic \| \d of \d \| {100 * basic:.1f} % \(", text)
    assert "- Data: digits; SHA-256 of its training images 0000000000000000…" in text
    assert "Commit: not a commit; trained until 2026-01-02T03:04:05+00:00" in text
    gallery = (there["results"] / "README.md").read_text(encoding="utf-8")
    assert "| [a \\| b \\<i\\>](axes/summary.md) |" in gallery


def test_the_report_writes_the_same_summary_without_what_only_a_clock_knows(there):
    results.main(**there)
    short = (there["reports"] / "axes" / "summary.md").read_text(encoding="utf-8")
    whole = (there["results"] / "axes" / "summary.md").read_text(encoding="utf-8")
    assert "2026-01-02" not in short
    assert set(short.splitlines()) <= set(whole.splitlines())


def test_a_count_of_parameters_stays_exact(there):
    """A prediction's value is a float, of AlexNet 62,378,344 parameters."""
    table = there["reports"] / "axes" / "tables" / "expectations.csv"
    made = pd.read_csv(table)
    made.loc[made["quantity"] == "trainable_parameters", "value"] = 62_378_344.0
    made.to_csv(table, index=False)
    results.main(**there)
    kept = results.read(there["results"] / "axes" / "tables", "classification")["expectations"]
    assert 62_378_344 in set(kept["value"])
    summary_of = (there["results"] / "axes" / "summary.md").read_text(encoding="utf-8")
    assert "| 62,378,344 |" in summary_of


def test_classes_that_were_chosen_are_said():
    chosen = {"of": "cifar10", "classes": ["cat", "dog"], "per_class": 50, "permuted": False}
    study = {"data": {"pets": chosen}}
    assert results.data(study, "pets") == "pets (cifar10, classes cat and dog, per class 50)"
    assert results.data(study, "digits") == "digits"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [((20.0, 30.0), "less than a minute"), ((50.0, 20.0), "1 minute"), ((90.0, 60.0), "2 minutes")],
)
def test_the_time_of_all_jobs_is_told_in_minutes(seconds, said):
    assert results.minutes(pd.DataFrame({"seconds": seconds})) == said


def test_tables_of_another_study_are_refused(there):
    study = there["studies"] / "axes.yaml"
    files.write(study, study.read_text(encoding="utf-8").replace("epochs: 1", "epochs: 2"))
    with pytest.raises(Problem, match=r"of another study than .*axes\.yaml; run that first"):
        results.main(**there)


def test_tables_of_an_older_version_are_kept_as_they_are(there):
    results.main(**there)
    shutil.rmtree(there["reports"])
    table = there["results"] / "axes" / "tables" / "ladder.csv"
    pd.read_csv(table).drop(columns="learned_members").to_csv(table, index=False)
    summary_of = there["results"] / "axes" / "summary.md"
    before = summary_of.read_bytes()
    with pytest.raises(Problem, match=r"tables: kept by an older version, .*; run the study"):
        results.main(**there)
    assert summary_of.read_bytes() == before


def test_without_tables_nothing_is_written(there):
    shutil.rmtree(there["reports"])
    with pytest.raises(Problem, match=r"is missing; run .*axes\.yaml first"):
        results.main(**there)
    assert not there["results"].exists()


def test_markdown_shows_a_text_word_for_word():
    assert summary.plain("a|b\n*c* [d]") == r"a\|b \*c\* \[d\]"


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_small_and_says_what_its_tables_say(name, tmp_path):
    folder = RESULTS / name
    tables = sum(path.stat().st_size for path in (folder / "tables").iterdir())
    assert tables <= 200_000
    assert (folder / "figure.svg").stat().st_size <= 60_000
    text = (folder / "summary.md").read_text(encoding="utf-8")
    study = load(ROOT / "studies" / f"{name}.yaml")
    assert len(text.splitlines()) <= max(60, 20 * len(study.datasets))
    if not results.is_current(results.read(folder / "tables", study.task)):
        pytest.skip(f"{name} was kept before networks that learned were counted: run it again")
    shutil.copytree(folder, tmp_path / name)
    results.write(study.model_dump(), tmp_path / name, TEMPLATE)
    assert (tmp_path / name / "summary.md").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_of_the_study_as_it_stands(name):
    """Rungs, options and budget; and no prediction was added or changed when the study had run."""
    study = load(ROOT / "studies" / f"{name}.yaml").model_dump()
    made = results.read(RESULTS / name / "tables", study["task"])
    local = [on(study, dataset) for dataset in study["datasets"]]
    now = pd.concat(map(attributes, local)).fillna("")
    assert now.to_dict("records") == made["attributes"].fillna("").to_dict("records")
    for key, value in study["budget"].items():
        assert set(made["study"][key]) == {value}
    judged = made["expectations"]
    due = [each for here in local for each in study["expect"] if is_about(each, here)]
    assert len(judged) == len(due)
    said = [expected["because"] for expected in due if expected["because"]]
    assert list(judged["because"].dropna()) == said


def test_the_gallery_is_of_all_that_is_kept():
    if KEPT:
        text = (RESULTS / "README.md").read_text(encoding="utf-8")
        assert re.findall(r"\]\((\w+)/summary\.md\)", text) == KEPT
        assert results.gallery(ROOT / "studies", RESULTS) == text
