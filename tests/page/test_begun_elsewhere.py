"""Rungs that begin with another's weights, on the page of made-up runs."""

import pandas as pd
import pytest
from conftest import ROOT
from test_report import make_runs, write

from stages.page.tables.runs import scores
from stages.scoring.statistics import difference

TEXT = (ROOT / "tests" / "starts.yaml").read_text(encoding="utf-8")
THERE = {
    "digits": {"basic", "relu", "slow", "later", "last", "tuned"},
    "few": {"basic", "relu", "slow", "frozen", "tuned"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(folder, page) of the study of starts.yaml."""
    folder = tmp_path_factory.mktemp("made")
    make_runs(folder / "runs", TEXT)
    return folder, write(folder / "runs", folder / "reports" / "starts")


def table(made, name: str) -> pd.DataFrame:
    return pd.read_csv(made[0] / "reports" / "starts" / "tables" / f"{name}.csv")


@pytest.mark.parametrize("dataset", THERE)
@pytest.mark.parametrize(
    "name", ["ladder", "attributes", "members", "history", "robustness", "cost", "records", "gaps"]
)
def test_each_table_has_the_rungs_of_each_data_set(name, dataset, made):
    found = table(made, name)
    assert set(found.loc[found["dataset"] == dataset, "rung"]) == THERE[dataset]


def test_groups_have_the_rungs_that_are_there(made):
    ladder = table(made, "ladder")
    found = {
        dataset: list(part.loc[part["group"] == "What is frozen", "rung"])
        for dataset, part in ladder.groupby("dataset")
    }
    assert found == {"digits": ["relu", "tuned"], "few": ["relu", "frozen", "tuned"]}
    assert set(ladder.loc[ladder["group"] == "Once more", "dataset"]) == {"digits"}


def test_predictions_are_judged_where_their_rungs_are(made):
    found = table(made, "expectations")
    assert list(zip(found["dataset"], found["number"], strict=True)) == [("digits", 2), ("few", 1)]


def test_the_best_rung_of_each_data_set_leads_the_next_best_by_a_margin(made):
    best = table(made, "best").set_index("dataset")
    for dataset, rungs in THERE.items():
        runs = {rung: scores(made[0] / "runs" / dataset / rung) for rung in rungs}
        first, other = sorted(runs, key=lambda rung: -runs[rung].mean())[:2]
        row = best.loc[dataset]
        assert (row["rung"], row["next"], row["rungs"]) == (first, other, len(rungs))
        expected = difference(runs[first], runs[other])[:3]
        names = ["difference", "difference_low", "difference_high"]
        assert tuple(row[names]) == pytest.approx(expected)


def test_the_page_says_what_a_rung_begins_with_and_where_it_is_not_trained(made):
    page = made[1]
    assert "start: features of relu on digits" in page
    assert "The best rung of each data set" in page
    assert 'id="few-group-2"' in page
    assert 'id="few-group-3"' not in page
    assert 'id="digits-group-3"' in page
    drawn = {path.stem for path in (made[0] / "reports" / "starts" / "figures").glob("*-group-*")}
    assert drawn == {"digits-group-1", "digits-group-2", "digits-group-3",
                     "few-group-1", "few-group-2"}  # fmt: skip


def test_the_axis_of_a_group_has_what_rungs_begin_with(tmp_path):
    text = TEXT.replace(
        "    rungs: [relu, frozen, tuned]\n    against: relu\n",
        "    rungs: [slow, relu, frozen]\n    against: relu\n"
        "    axis: [optimizer.learning_rate]\n    series: start\n",
    )
    make_runs(tmp_path / "runs", text)
    write(tmp_path / "runs", tmp_path / "reports" / "starts")
    axes = pd.read_csv(tmp_path / "reports" / "starts" / "tables" / "axes.csv")
    of = axes[(axes["part"] == "series") & (axes["dataset"] == "few")]
    assert dict(zip(of["rung"], of["value"], strict=True)) == {
        "slow": "none",
        "relu": "none",
        "frozen": "features of relu on digits",
    }
