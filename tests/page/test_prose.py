"""The words and numbers of the page, on tables whose truth is known."""

import pandas as pd
from ladders import ERROR, TABLE, ladder, row

from stages.page.inside import changed, faults
from stages.page.prose import headline, told
from stages.page.text import difference_text, number, score_text, shown, signed, times_smaller
from stages.scoring.findings import findings
from stages.scoring.inside import COLUMNS
from stages.scoring.inside import faults as judged
from stages.scoring.reasons import Change
from stages.scoring.tasks.classification import SCORE


def said(table, score=SCORE) -> list[str]:
    return headline(table, findings(table, score), score)


def test_the_headline_says_what_the_table_says():
    best, unlearned, step, too, harm, unclear = said(TABLE)
    assert best.startswith(
        "The best rung is together: test accuracy 97.0 % (96.0 to 98.0, one ensemble)."
    )
    assert best.endswith("the best technique by itself is maybe, 96.0 % (95.0 to 97.0, n = 5).")
    assert unlearned == "On average at chance level (10 %), as far as can be told: too deep."
    assert step.endswith(
        "too deep (something). It follows a step for the worse, and makes up for a part of it."
    )
    assert "helps: +60.0 percentage points (+50.0 to +70.0)" in step
    numbers = "+25.0 percentage points (+23.0 to +27.0)"
    assert too == f"Better than the rung before, too: helps more ({numbers})."
    assert (
        harm
        == "Worse than the rung before, here: too deep (−70.0 percentage points (−72.0 to −68.0))."
    )
    assert unclear == "No evidence of a difference from the rung before: maybe."


def test_a_score_that_is_no_share_has_no_percent():
    table = ladder(
        row("a", 0.09, 0.01, score=ERROR, below=None),
        row("b", 0.01, 0.02, -0.08, 0.01, "a", score=ERROR),
        score=ERROR,
    )
    best, step = said(table, ERROR)[0], said(table, ERROR)[-1]
    assert best == "The best rung is b: test error 0.010 (−0.010 to 0.030, n = 5)."
    numbers = "−0.080 (−0.090 to −0.070)"
    assert step == f"The largest improvement that is sure is b: {numbers} against a (something)."


def test_a_group_is_one_sentence():
    table = ladder(
        row("a", 0.8, 0.01, below=None),
        row("a_without", 0.9, 0.01, 0.1, 0.02, "a", "beside") | {"group": "Without one idea"},
        *(
            row(f"spare_{i}", 0.8, 0.01, 0.0, 0.02, "a", "beside") | {"group": "Without one idea"}
            for i in range(8)
        ),
    )
    better, unclear = said(table)[-1].removesuffix(".").split("; ")
    gain = "+10.0 percentage points (+8.0 to +12.0)"
    assert better == f"Without one idea, against a: better: a without ({gain})"
    names = ", ".join(f"spare {i}" for i in range(6))
    assert unclear == f"no evidence of a difference: {names} and 2 more"


def test_a_rung_that_learns_now_and_then_is_said_to():
    table = ladder(row("basic", 0.8, 0.02, below=None), row("unsteady", 0.4, 0.35, -0.4, 0.5))
    assert said(table)[1].startswith(
        "Learns from some random starts and not from others: unsteady, 40.0 % (5.0 to 75.0"
    )


def test_a_headline_without_any_difference_claims_none():
    assert len(said(TABLE.iloc[:1])) == 1


def test_what_became_of_claims():
    columns = {
        "deck": "003",
        "rung": "a_rung",
        "quantity": "test_accuracy",
        "claimed": "0.9",
        "measured": 0.91,
        "members": 5,
    }
    rows = [
        columns | {"verdict": verdict, "next_low": 0.9, "next_high": 0.92}
        for verdict in ("reproduced", "not comparable")
    ]
    first, others = told(pd.DataFrame(rows))
    assert first.startswith(
        "Deck 003 on a rung, test accuracy: claimed 0.9, "
        "measured 0.91 (a further network: 0.9 to 0.92; n"
    )
    assert first.endswith("reproduced.")
    assert others.startswith("The other claim of the decks can't be compared")
    assert told(pd.DataFrame(rows[:0], columns=rows[0])) == []
    [alone] = told(pd.DataFrame(rows[1:]))
    assert alone.startswith("The claim of the decks can't be compared")
    [both] = told(pd.DataFrame([rows[1], rows[1]]))
    assert both.startswith("All 2 claims of the decks can't be compared")


def test_how_many_times_has_no_digits_that_say_nothing():
    assert times_smaller(1 / 1900) == "2,000 times smaller"
    assert times_smaller(1e-35) == "more than 1,000,000,000 times smaller"
    assert times_smaller(0) == "infinitely smaller"


def test_limits_that_are_passed_are_told_of_rungs_that_learned_as_well():
    networks = pd.DataFrame(
        {
            "dataset": "d",
            "rung": ["relu"] * 3 + ["optimizer"] * 3 + ["gone"] * 3,
            "step": 10,
            "finite": [1] * 6 + [0] * 3,
            "last_spread": [1e-4, 2e-4, 1e-4, 1e-6, 1e-6, 0.2, *[float("nan")] * 3],
            "learned": [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        }
    ).reindex(columns=COLUMNS)
    gone, faint = faults(judged(networks))
    assert gone == "Values that are no longer finite: gone (0 of 3 learned)."
    assert faint == (
        "Activations that hardly vary from image to image (the spread of the last hidden layer's "
        "activations below 0.001): relu (median 0.0001; 1 of 3 learned) and optimizer (median "
        "1e-06; in 2 of 3 networks; 3 of 3 learned)."
    )
    [alone] = faults(judged(networks[:3].assign(learned=float("nan"))))
    assert alone.endswith("relu (median 0.0001).")
    [alone] = faults(judged(networks[6:].assign(learned=float("nan"))))
    assert alone.endswith("gone (all 3 networks).")


def test_what_changes_inside():
    [text] = changed([Change("b", "a", 20_000, (0.9, 0.1))])
    assert text == (
        "b against a, before training: "
        "the RMS gradient of the first layer's weights is 20,000 times larger"
        " and 10 % of the hidden units are constant over all images, instead of 90 %."
    )
    assert "100 times smaller" in changed([Change("b", "a", 0.01)])[0]


def test_numbers_have_their_unit_and_their_sign():
    assert (signed(SCORE, 0.031), signed(SCORE, -0.005), signed(ERROR, -0.005)) == (
        "+3.1",
        "−0.5",
        "−0.005",
    )
    assert (shown(SCORE, 0.912), shown(ERROR, 0.912), number(ERROR, -0.1)) == (
        "91.2 %",
        "0.912",
        "−0.100",
    )
    helps = next(TABLE.iloc[2:].itertuples())
    assert score_text(SCORE, helps) == "70.0 % (60.0 to 80.0, n = 5)"
    assert difference_text(SCORE, helps) == "+60.0 percentage points (+50.0 to +70.0)"
