"""What a ladder shows, on tables whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from ladders import ERROR, TABLE, chosen, ladder, layers, row

from stages.scoring.agreement import disputed, most_confident
from stages.scoring.findings import (
    best_network,
    best_on_validation,
    compared,
    contrasted,
    findings,
    judged,
    lost,
)
from stages.scoring.reasons import Change, changes
from stages.scoring.tasks.classification import SCORE
from stages.scoring.verdicts import at_chance, unsteady, verdict


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (0, "the first rung"),
        (1, "worse"),
        (2, "better"),
        (4, "can't tell"),
        (5, "can't tell"),
    ],
)
def test_verdicts(index, said):
    assert verdict(TABLE.iloc[index], SCORE) == said


def test_a_verdict_may_be_about_either_quantity_or_both():
    more, fewer = (5, 0), (0, 5)
    cases = [
        (row("a", 0.1, 0.1, learned=fewer), "worse"),
        (row("a", 0.9, 0.1, learned=more), "better"),
        (row("a", 0.9, 0.1, 0.0, 0.1, learned=(3, 5)), "can't tell"),
        (row("a", 0.9, 0.1, 0.3, 0.1, learned=(3, 5)), "better"),
    ]
    for values, said in cases:
        assert values["verdict"] == said
    both = pd.Series(row("a", 0.9, 0.1, 0.3, 0.1) | {"learned_p_corrected": 0.01})
    assert verdict(pd.Series({**both, "learned_difference": 0.8}), SCORE) == "better"
    assert verdict(pd.Series({**both, "learned_difference": -0.8}), SCORE) == "better and worse"


def test_of_an_ensemble_that_is_compared_with_nothing_nobody_can_tell():
    """It is one, but not one network: its own networks may be many, none of which learned."""
    assert row("a", 0.1, 0.1, 0.01)["verdict"] == "one network: no verdict"
    assert row("a", 0.1, 0.1, 0.01, kind="combined")["verdict"] == "can't tell"


def test_what_the_ladder_shows():
    found = findings(TABLE, chosen("maybe", "helps_more"), SCORE)
    assert (found.best, found.alike, found.ahead) == ("maybe", ["helps_more"], [])
    assert (found.at_chance, found.unsteady) == (["too_deep"], [])
    assert (found.ladder.better, found.follows) == (["helps", "helps_more"], True)
    assert (found.ladder.worse, found.ladder.unclear) == (["too_deep"], ["maybe"])
    assert (found.ladder.large, found.ladder.mixed) == ([], [])


def test_of_a_score_that_is_better_when_lower_all_is_turned():
    table = ladder(
        row("a", 0.09, 0.02, score=ERROR, below=None),
        row("b", 0.01, 0.002, -0.08, 0.01, "a", score=ERROR),
        row("c", 0.05, 0.002, 0.04, 0.01, "b", score=ERROR),
        row("d", 0.06, 0.05, 0.01, 0.02, "c", score=ERROR),
        score=ERROR,
    )
    found = findings(table, chosen("b"), ERROR).ladder
    assert (found.better, found.worse, found.unclear) == (["b"], ["c"], ["d"])


def test_a_rung_that_learns_now_and_then_is_not_at_chance_level():
    table = ladder(
        row("basic", 0.8, 0.02, below=None),
        row("unsteady", 0.9, 0.35, 0.2, 0.5, "basic", learned=(2, 5)),
    )
    found = findings(table, chosen("basic"), SCORE)
    assert (found.at_chance, found.unsteady) == ([], ["unsteady"])
    assert (found.ladder.unclear, found.ladder.large) == (["unsteady"], ["unsteady"])
    assert list(at_chance(table)["rung"]) == []
    assert list(unsteady(table)["rung"]) == ["unsteady"]


def test_a_step_may_follow_one_for_the_worse():
    rows = row("a", 0.9, 0.01, below=None), row("b", 0.3, 0.01, -0.6, 0.1, "a")
    table = ladder(*rows, row("c", 0.9, 0.01, 0.6, 0.02, "b"))
    assert findings(table, chosen("a"), SCORE).follows
    table = ladder(*rows, row("c", 0.9, 0.01, 0.6, 0.02, "a"))
    assert not findings(table, chosen("a"), SCORE).follows


def test_so_few_networks_that_none_against_all_can_not_be_told():
    failed = row("b", 0.1, 0.01, learned=(0, 5), below="a")
    first = row("a", 0.9, 0.01, below=None)
    assert not findings(ladder(first, failed), chosen("a"), SCORE).too_few
    few = ladder(first, failed).assign(members=3)
    assert not findings(few, chosen("a"), SCORE).too_few, "0.03, compared once"
    several = ladder(first, failed, *(failed | {"rung": name} for name in "cd")).assign(members=3)
    assert findings(several, chosen("a"), SCORE).too_few
    assert not findings(ladder(first), chosen("a"), SCORE).too_few, "where none failed"


def test_the_rungs_of_a_group_are_better_worse_or_neither():
    cases = {"needed": -0.1, "more": -0.2, "harmful": 0.1, "spare": 0.001}
    group = {"group": "Without one idea"}
    left_out = [
        row(f"a_{name}", 0.8 + by, 0.01, by, 0.02, "a", "beside") | group
        for name, by in cases.items()
    ]
    steps = [
        row(name, 0.8, 0.01, 0.1, 0.02, below, "beside") | {"group": "Steps"}
        for name, below in ("ab", "bc")
    ]
    table = ladder(row("a", 0.8, 0.01, below=None), *left_out, *steps)
    without, one_by_one = findings(table, chosen("a"), SCORE).groups
    assert (without.title, without.against) == ("Without one idea", "a")
    assert without.better == ["a_harmful"]
    assert without.worse == ["a_more", "a_needed"]
    assert without.unclear == ["a_spare"]
    assert (one_by_one.against, one_by_one.better) == (None, ["a", "b"])


def test_a_pair_is_the_same_comparison_whichever_way_round_and_in_every_group():
    table = ladder(*(row(a, 0.8, 0.01, 0.1, 0.02, b) for a, b in ("ab", "ba", "ac")))
    one, other, third = compared(table)
    assert one == other != third


def test_what_changes_inside():
    table = pd.concat(
        [
            layers("a", [1e-6, 0.1, 0.1], [1, 1, 1], 0.9),
            layers("b", [0.02, 0.1, 0.1], [1, 1, 1], 0.1),
        ]
    )
    compared = [("a", None), ("b", "a"), ("vote", "b")]
    assert changes(table, compared) == [
        Change("b", "a", pytest.approx(20_000), (pytest.approx(0.9), pytest.approx(0.1)))
    ]
    assert changes(table, [("a", None), ("a", "a")]) == []


@pytest.mark.parametrize("pair", [("deep", "flat"), ("flat", "deep"), ("flat", "flat")])
def test_a_rung_of_one_layer_has_no_hidden_units_that_could_change(pair):
    table = pd.concat(
        [layers("flat", [0.1], [1], 0.0), layers("deep", [0.1, 0.1, 0.1], [1, 1, 1], 0.9)]
    )
    assert changes(table, [pair]) == []


def test_the_rungs_seen_against_all_others():
    names = ["basic", "too_deep", "helps", "helps_more", "maybe"]
    assert contrasted(names, ["helps", "helps_more"], "maybe") == [
        "basic",
        "too_deep",
        "helps",
        "helps_more",
        "maybe",
    ]
    assert contrasted(names, [], "maybe") == ["basic", "maybe"]


def test_what_is_lost_is_the_worst_of_each_kind():
    means = {("rotation", 0): 0.5, ("rotation", 9): 0.3, ("scale", 1): 0.5, ("scale", 2): 0.7}
    table = pd.DataFrame(
        [
            {"rung": "a", "transform": kind, "amount": amount, "mean": mean}
            for (kind, amount), mean in means.items()
        ]
    )
    [row] = lost(table, SCORE)
    assert row == {"rung": "a", "untransformed": 0.5, "rotation": pytest.approx(-0.2), "scale": 0}
    [row] = lost(table, ERROR)
    assert (row["rotation"], row["scale"]) == (0, pytest.approx(0.2))


def test_the_member_that_validation_chooses():
    rows = {
        "member": [0, 0, 1, 1],
        "validation_loss": [0.1, 0.9, 0.5, 0.4],
        "validation_accuracy": [0.9, 0.2, 0.1, 0.8],
    }
    history = pd.DataFrame(rows | {"validation_error": rows["validation_accuracy"]})
    assert best_on_validation(history, False, SCORE) == 1, "by its last epoch"
    assert best_on_validation(history, True, SCORE) == 0, "by the epoch of its lowest loss"
    assert best_on_validation(history, False, ERROR) == 0


def test_a_network_that_may_stop_is_judged_by_the_epoch_whose_weights_it_keeps():
    """The first of its lowest validation loss, also where that is no number later on."""
    losses = [0.5, 0.3, 0.3, float("nan")]
    history = pd.DataFrame({"member": 0, "epoch": [1, 2, 3, 4], "validation_loss": losses})
    assert list(judged(history, True)["epoch"]) == [2]
    assert list(judged(history, False)["epoch"]) == [4]


def test_the_network_that_validation_chooses_among_all_rungs():
    def history(*accuracies, loss=0.5):
        rows = {"member": range(len(accuracies)), "validation_loss": loss}
        return pd.DataFrame(rows | {"validation_accuracy": accuracies})

    def chosen(**histories):
        found = best_network(histories, (), SCORE)
        return None if found is None else (found["rung"], found["member"])

    assert chosen(a=history(0.5, 0.6), b=history(0.7, 0.4), c=history(0.6)) == ("b", 0)
    assert chosen(a=history(0.5, 0.7), b=history(0.7, 0.7, loss=0.4)) == ("b", 0)
    assert chosen(a=history(0.5, 0.7), b=history(0.5, 0.7)) == ("a", 1), "the first of equal ones"
    nothing = float("nan")
    assert chosen(a=history(nothing, nothing), b=history(nothing, 0.1)) == ("b", 1)
    assert chosen(a=history(nothing)) is None


def test_the_images_that_rungs_disagree_on():
    predicted = np.array([[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 2, 3]])
    # Right are 4, 2, 1 and 1 of 4.
    assert disputed(predicted == 0, 3) == [1, 2, 3]


def test_the_most_confident_errors_come_first():
    errors, confidence = pd.Series([True, False, True, True]).to_numpy(), [0.5, 0.99, 0.9, 0.9]
    assert most_confident(errors, confidence) == [2, 3, 0]
