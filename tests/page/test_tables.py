"""The words and numbers of the page, on tables whose truth is known."""

import pandas as pd
import pytest

from stages.page.prose import headline, inside, reasons, signed, told
from stages.page.tables import LADDER
from stages.scoring.verdicts import verdict
from stages.study.comparisons import changes, comparisons, describe

RELU = {"activation": {"relu": {}}, "optimizer": {"sgd": {"learning_rate": 0.1}}}


def test_changes_name_what_is_added_replaced_and_gone():
    above = {"activation": {"sigmoid": {}}, "dropout": {"standard": {"rate": 0.3}}}
    assert changes(RELU, above) == ["activation: relu → sigmoid", "dropout: standard (rate 0.3)", "optimizer: no sgd (learning_rate 0.1)"]


def test_of_the_same_name_only_the_options_that_changed():
    assert changes(RELU, RELU) == []
    faster = RELU | {"optimizer": {"sgd": {"learning_rate": 0.5, "momentum": 0.0}}}
    slower = RELU | {"optimizer": {"sgd": {"learning_rate": 0.1, "momentum": 0.0}}}
    assert changes(slower, faster) == ["optimizer: sgd, learning_rate 0.1 → 0.5"]


def test_describe_leaves_out_what_is_the_default():
    assert describe("optimizer", {"sgd": {"learning_rate": 0.1, "momentum": 0.0}}) == "sgd (learning_rate 0.1)"
    assert describe("network", {"basic": {"width": 32}}) == "basic"


def test_describe_lists():
    assert (
        describe("augmentation", [{"translate": {"pixels": 1.0}}, {"rotate": {"degrees": 10.0}}])
        == "translate (pixels 1), rotate (degrees 10)"
    )


def test_every_rung_is_compared_with_the_one_before_and_an_ensemble_with_its_own():
    groups = [{"title": "Without", "rungs": ["c"], "against": "b"}, {"title": "Steps", "rungs": ["a", "c"], "against": "previous"}]
    study = {"ladder": ["a", "b"], "beside": ["c"], "comparisons": groups, "techniques": {"a": RELU, "b": RELU, "c": RELU}}
    study["ensembles"] = [{"name": "e", "of": "a", "combine": "mean"}]
    found = [(row.rung, row.compared_with, row.group) for row in comparisons(study)]
    assert found == [
        ("a", None, "ladder"),
        ("b", "a", "ladder"),
        ("c", "b", "Without"),
        ("a", None, "Steps"),
        ("c", "a", "Steps"),
        ("e", "a", "ensembles"),
    ]


def test_a_rung_that_others_are_compared_with_and_one_of_no_group_are_compared_with_none():
    groups = [{"title": "G", "rungs": ["a", "b"], "against": "a"}]
    techniques = dict.fromkeys("abc", RELU)
    study = {"ladder": ["a"], "beside": ["b", "c"], "comparisons": groups, "techniques": techniques, "ensembles": []}
    found = [(row.rung, row.compared_with, row.group) for row in comparisons(study)]
    assert found == [("a", None, "ladder"), ("a", None, "G"), ("b", "a", "G"), ("c", None, "beside")]


def row(rung, accuracy, margin, difference=None, difference_margin=None, below="x", kind="trained"):
    low, high = (None, None) if difference_margin is None else (difference - difference_margin, difference + difference_margin)
    values = {
        "dataset": "d",
        "rung": rung,
        "kind": kind,
        "compared_with": below,
        "changed": "something",
        "members": 5,
        "diverged_members": 0,
    }
    if difference is not None and difference_margin is not None:
        values["p_corrected"] = 0.01 if abs(difference) > difference_margin else 0.6
    values |= {"accuracy": accuracy, "accuracy_low": accuracy - margin, "accuracy_high": accuracy + margin}
    values |= {"difference": difference, "difference_low": low, "difference_high": high}
    return values | {"verdict": verdict(pd.Series({"p_corrected": None} | values))}


TABLE = pd.DataFrame(
    [
        row("basic", 0.8, 0.02, below=None),
        row("too_deep", 0.1, 0.01, -0.7, 0.02),
        row("helps", 0.7, 0.1, 0.6, 0.1, below="too_deep"),
        row("helps_more", 0.95, 0.01, 0.25, 0.02),
        row("maybe", 0.96, 0.01, 0.01, 0.02),
        row("together", 0.97, 0.01, 0.01, kind="combined"),
    ],
    columns=LADDER,
)


def test_the_headline_says_what_the_table_says():
    best, asleep, step, too, harm, unclear = headline(TABLE, classes=10)
    assert best.startswith("The best rung is together: 97.0 % (96.0 to 98.0, one ensemble)")
    assert asleep == "At the level of guessing (10 %), so without having learned: too deep."
    assert step.endswith("too deep (something). It follows a step down, and makes up for a part of it.")
    assert "helps: +60.0 points (+50.0 to +70.0)" in step
    assert too == "Steps up, too: helps more (+25.0 points (+23.0 to +27.0))."
    assert "too deep (−70.0 points (−72.0 to −68.0))" in harm
    assert unclear == "No evidence of a difference from the rung before: maybe."


def test_a_step_up_that_regains_all_is_said_to():
    table = pd.DataFrame(
        [row("a", 0.9, 0.01, below=None), row("b", 0.3, 0.01, -0.6, 0.1, "a"), row("c", 0.92, 0.01, 0.62, 0.02, "b")], columns=LADDER
    )
    assert "It follows a step down, and makes up for it." in " ".join(headline(table, classes=10))


def test_what_is_better_without_an_idea_is_said_to_be():
    table = pd.DataFrame([row("a", 0.8, 0.01, below=None), row("a_without", 0.9, 0.01, 0.1, 0.02, "a", "ablation")], columns=LADDER)
    said = " ".join(headline(table, classes=10))
    assert "Better than a when one idea is left out: a without (+10.0 points (+8.0 to +12.0))." in said
    assert "Not worse" not in said


def test_a_rung_that_learns_now_and_then_is_not_called_guessing():
    table = pd.DataFrame([row("basic", 0.8, 0.02, below=None), row("unsteady", 0.4, 0.35, -0.4, 0.5)], columns=LADDER)
    assert headline(table, classes=10)[1].startswith("Learns from some random starts and not from others: unsteady, 40.0 % (5.0 to 75.0")


def test_a_headline_without_any_difference_claims_none():
    assert len(headline(TABLE.iloc[:1], classes=10)) == 1


@pytest.mark.parametrize(
    ("index", "words"),
    [(0, "the first rung"), (1, "worse"), (2, "better"), (4, "no evidence of a difference"), (5, "one network: no verdict")],
)
def test_verdicts(index, words):
    assert verdict(TABLE.iloc[index]) == words


def test_what_became_of_claims():
    columns = {"deck": "003", "rung": "a_rung", "quantity": "test_accuracy", "claimed": "0.9", "measured": 0.91, "members": 5}
    rows = [columns | {"verdict": verdict, "next_low": 0.9, "next_high": 0.92} for verdict in ("reproduced", "not comparable")]
    first, others = told(pd.DataFrame(rows))
    assert first.startswith("Deck 003 on a rung, test accuracy: claimed 0.9, measured 0.91 (a further network: 0.9 to 0.92; n")
    assert first.endswith("reproduced.")
    assert others.startswith("The other claim of the decks can't be compared")
    assert told(pd.DataFrame(rows[:0], columns=rows[0])) == []


def layers(rung: str, gradients: list[float], spreads: list[float], same: float) -> pd.DataFrame:
    """The diagnostics of a rung's layers before training."""
    rows = zip(gradients, spreads, strict=True)
    made = [{"layer": i, "gradient_rms": gradient, "activation_std": spread} for i, (gradient, spread) in enumerate(rows, start=1)]
    return pd.DataFrame([{"rung": rung, "moment": "start", "constant_units": same} | row for row in made])


def test_why_a_rung_stays_at_guessing():
    of = layers("too_deep", [1e-9, 1e-5, 0.01], [0.1, 0.1, 0.1], 1.0)
    [why] = reasons(of, TABLE, 10, {"too_deep": RELU})
    assert why.startswith(
        "too deep, before training: the gradient of a weight is 10,000,000 times smaller in the first layer than in the last"
    )
    assert "and 100 % of the units of the last hidden layer say the same of every picture. Its activation, relu: Keep what is" in why
    [why] = reasons(layers("too_deep", [0.01, 0.01, 0.01], [1, 1e-3, 1e-3], 0.0), TABLE, 10, {"too_deep": RELU})
    assert (
        why == "too deep, before training: the spread of what units say is 1,000 times smaller in the last hidden layer than in the first."
    )


def test_what_changes_inside():
    table = pd.concat([layers("a", [1e-6, 0.1, 0.1], [1, 1, 1], 0.9), layers("b", [0.02, 0.1, 0.1], [1, 1, 1], 0.1)])
    [change] = inside(table, [("a", None, ""), ("b", "a", ""), ("vote", "b", "")])
    gradient, units = change.removeprefix("b against a, before training: ").split(" and ")
    assert gradient == "the gradient that reaches the first layer is 20,000 times larger"
    assert units == "10 % of the hidden units say the same of every picture, instead of 90 %."
    assert inside(table, [("a", None, ""), ("a", "a", "")]) == []


def test_no_reason_is_made_up():
    assert reasons(layers("too_deep", [0.1, 0.1, 0.1], [1, 1, 1], 0.0), TABLE, 10, {"too_deep": RELU}) == []
    assert reasons(layers("helps", [0.0, 0.1, 0.1], [1, 1, 1], 1.0), TABLE, 10, {"too_deep": RELU}) == [], "it learns"


def test_a_sign_is_a_sign():
    assert (signed(0.031), signed(-0.005)) == ("+3.1", "−0.5")
