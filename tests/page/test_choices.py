"""What validation images choose: where, from which rungs, and how the page says it."""

import math

import pandas as pd

from stages.page.choices import chosen
from stages.page.tables.choices import choices
from stages.scoring.score import Score

ACCURACY = Score("accuracy", percent=True, digits=1)
GROUP = {"title": "All", "rungs": ["a", "b", "late"], "against": "a", "choose": True}
STUDY = {
    "datasets": ["one", "other"],
    "ladder": ["a"],
    "beside": ["b"],
    "comparisons": [GROUP, GROUP | {"title": "Not asked", "choose": False}],
    "starts": [{"rung": "late", "dataset": "other"}],
}
SCORES = [("one", "a", 0.8, 0.7), ("one", "b", 0.7, 0.75)]
SCORES += [("other", "a", 0.6, 0.5), ("other", "b", 0.5, 0.5), ("other", "late", 0.9, 0.8)]


def made(scores=SCORES) -> dict[str, pd.DataFrame]:
    """Two networks of each rung, of which the ladder counts the better one alone."""
    table = pd.DataFrame(scores, columns=["dataset", "rung", "validation_accuracy", "accuracy"])
    both = [table.assign(accuracy=table["accuracy"] + by) for by in (-0.05, 0.05)]
    return {"gaps": table.dropna(), "members": pd.concat(both), "ladder": both[1]}


def test_a_rung_that_begins_elsewhere_is_chosen_from_where_it_is_trained():
    table = choices(STUDY, made(), ACCURACY).set_index("dataset")
    assert table["group"].tolist() == ["All", "All"]
    assert table["chosen"].to_dict() == {"one": "a", "other": "late"}
    assert table["rungs"].to_dict() == {"one": 2, "other": 3}
    assert math.isclose(table["lost"]["one"], 0.05)


def test_both_scores_are_of_all_networks():
    """A mean over those that learned beside one over all would seem to be optimism, or none."""
    table = choices(STUDY, made(), ACCURACY).set_index("dataset")
    assert math.isclose(table["test"]["one"], 0.7)
    assert math.isclose(table["optimism"]["one"], 0.15)


def test_what_has_no_validation_score_is_not_chosen():
    diverged = [row if row[1] != "late" else ("other", "late", math.nan, 0.8) for row in SCORES]
    table = choices(STUDY, made(diverged), ACCURACY).set_index("dataset")
    assert table["chosen"]["other"] == "a"
    assert table["best_on_test"]["other"] == "late"


def test_the_sentences_say_which_and_how_optimistic_that_is():
    table = choices(STUDY, made(), ACCURACY)
    [first, optimism, lost] = chosen(table[table["dataset"] == "one"], ACCURACY)["All"]
    assert "choose a, by the mean of all its networks: validation accuracy 80.0 %, test" in first
    # 10 points above its test accuracy, where the other is 5 below.
    assert "is 15.0 percentage points too good" in optimism
    assert "B is the best by test accuracy, 75.0 %" in lost
    assert "the choice lost 5.0 percentage points" in lost


def test_where_the_chosen_one_is_not_too_good_that_is_said():
    table = choices(STUDY, made(), ACCURACY)
    sentences = chosen(table.assign(optimism=-0.01), ACCURACY)["All"]
    assert "not too good" in sentences[1]
    assert "(−1.0 percentage points): no optimism" in sentences[1]
