"""Rungs that begin with another's weights, on the page of made-up runs."""

import pandas as pd
import pytest
from conftest import ROOT
from test_report import make_runs, write

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


def test_the_best_rung_of_each_data_set_is_chosen_by_validation(made):
    best = table(made, "best").set_index("dataset")
    history = table(made, "history")
    for dataset, rungs in THERE.items():
        here = history[(history["dataset"] == dataset) & history["rung"].isin(rungs)]
        last = here.groupby(["rung", "member"]).last()["validation_accuracy"]
        means = last.groupby("rung").mean()
        row = best.loc[dataset]
        assert (row["chosen_by"], row["rungs"]) == ("validation", len(rungs))
        assert means[row["rung"]] == means.max() == row["validation"]
        others = set(str(row["alike"]).split() + str(row["ahead"]).split()) - {"nan"}
        assert others <= set(rungs) - {row["rung"]}


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
