"""The words and numbers of the page, on tables whose truth is known."""

import pandas as pd
from ladders import ERROR, TABLE, chosen, ladder, row

from stages.page.inside import changed, faults
from stages.page.prose import said, told
from stages.page.text import (
    difference_text,
    idea,
    number,
    score_text,
    shown,
    signed,
    times_smaller,
)
from stages.scoring.inside import COLUMNS
from stages.scoring.inside import faults as judged
from stages.scoring.reasons import Change
from stages.scoring.tasks.classification import SCORE


def test_the_lead_counts_ideas_and_names_what_helped_and_what_hurt():
    lead = said(TABLE, chosen("maybe"), SCORE)["lead"]
    assert lead == (
        "Of 4 ideas 2 helped: + helps and + helps more; 1 hurt: + too deep; "
        "one is inconclusive with 5 networks each."
    )
    better = TABLE.assign(verdict=TABLE["verdict"].mask(TABLE["kind"] == "combined", "better"))
    assert said(better, chosen("maybe"), SCORE)["lead"].endswith(
        " Together does better than the networks that it combines, on average."
    )


def test_three_findings_say_what_the_table_says():
    learned, step, best = said(TABLE, chosen("maybe", "helps_more", "too_deep"), SCORE)["found"]
    assert learned == "No network of too deep learned."
    assert step == (
        "The largest improvement that is sure is helps against too deep (something): 5 of 5 "
        "learned instead of 0 of 5. It comes after a step for the worse: 0 of 5 learned instead of "
        "5 of 5."
    )
    assert best == (
        "The best rung, chosen on the validation images, is maybe: test accuracy 96.0 % "
        "(95.0 to 97.0, n = 5). On the test images too deep did better. "
        "So few networks and images can't tell it from helps more."
    )


def test_a_best_rung_that_test_images_chose_says_so():
    best = chosen("maybe")
    best["chosen_by"] = "test"
    assert said(TABLE, best, SCORE)["found"][-1].startswith(
        "By the test images alone, which makes its number too good, the best rung is maybe"
    )


def test_a_score_that_is_no_share_has_no_percent():
    table = ladder(
        row("a", 0.09, 0.01, score=ERROR, below=None),
        row("b", 0.01, 0.02, -0.08, 0.01, "a", score=ERROR),
        score=ERROR,
    )
    step, best = said(table, chosen("b"), ERROR)["found"]
    assert best.endswith("is b: test error 0.010 (−0.010 to 0.030, n = 5).")
    numbers = "−0.080 (−0.090 to −0.070)"
    assert step == f"The largest improvement that is sure is b against a (something): {numbers}."


def test_a_group_is_one_sentence():
    table = ladder(
        row("a", 0.8, 0.01, below=None),
        row("a_without", 0.9, 0.01, 0.1, 0.02, "a", "beside") | {"group": "Without one idea"},
        *(
            row(f"spare_{i}", 0.8, 0.01, 0.0, 0.02, "a", "beside") | {"group": "Without one idea"}
            for i in range(8)
        ),
    )
    found = said(table, chosen("a"), SCORE)
    better, unclear = found["of_groups"]["Without one idea"].removesuffix(".").split("; ")
    gain = "+10.0 percentage points (+8.0 to +12.0)"
    assert better == f"Each against a: better: a without ({gain})"
    names = ", ".join(f"spare {i}" for i in range(6))
    assert unclear == f"can't tell: {names} and 2 more"
    few = "8 are inconclusive with 5 networks each."
    assert found["lead"] == f"Of 9 comparisons 1 came out better; {few}"


def test_a_rung_that_learns_now_and_then_is_said_to():
    unsteady = row("unsteady", 0.4, 0.35, -0.4, 0.5, learned=(2, 5))
    found = said(ladder(row("basic", 0.8, 0.02, below=None), unsteady), chosen("basic"), SCORE)
    assert (
        found["found"][0] == "Some networks learned and others did not: 2 of 5 of unsteady learned."
    )
    assert "n = 2 of 5, which learned" in score_text(SCORE, pd.Series(unsteady))


def test_what_so_few_networks_leave_open():
    limits = said(TABLE, chosen("maybe"), SCORE)["limits"]
    assert limits.startswith("Where none of 5 networks failed, up to 52 % of further ones could; ")
    assert limits.endswith("on top of the rest of its recipe, at the rate given there.")
    failed = [row(name, 0.1, 0.01, learned=(0, 5)) for name in "abcd"]
    table = ladder(row("x", 0.9, 0.01, below=None), *failed).assign(members=3)
    limits = said(table, chosen("x"), SCORE)["limits"]
    assert limits.startswith("3 networks of a rung are too few to show that fewer learn, even")


def test_where_nothing_is_compared_nothing_is_claimed():
    found = said(TABLE.iloc[:1], chosen("basic"), SCORE)
    assert found["lead"].startswith("Nothing is compared here")
    assert found["found"] == [
        "The one rung, basic, reaches test accuracy 80.0 % (78.0 to 82.0, n = 5)."
    ]
    first, unclear = row("a", 0.8, 0.1, below=None), row("b", 0.8, 0.1, 0.0, 0.1, "a")
    lead = said(ladder(first, unclear), chosen("a"), SCORE)["lead"]
    assert lead == "For one idea, 5 networks each are too few to tell."
    alone = ladder(row("a", 0.8, 0.1, below=None), row("b", 0.9, 0.1, 0.1, None, "a"))
    assert said(alone, chosen("a"), SCORE)["lead"].startswith("Nothing is compared here")


def test_an_idea_in_a_few_words():
    def called(rung, changed, label=None, below="x", kind="trained"):
        of = {"rung": rung, "changed": changed, "label": label or changed, "compared_with": below}
        return idea(pd.Series(of | {"kind": kind}))

    assert called("dropout", "dropout: standard (rate 0.3)") == "+ dropout"
    assert called("relu", "activation: sigmoid → relu") == "sigmoid → ReLU"
    adam = "optimizer: sgd (learning_rate 0.1) → adam (learning_rate 0.001)"
    assert called("optimizer", adam) == "SGD → Adam"
    assert called("deep", "network: resnet, blocks 3 → 5") == "blocks 3 → 5"
    assert called("without", "penalty: no l2 (strength 0.1)") == "no L2"
    assert called("without", "dropout: no standard (rate 0.3)") == "no dropout"
    assert called("a_b", "network: a; activation: b") == "a b"
    assert called("basic", "network: a", below=None) == "basic"
    assert called("vote", "majority vote of the members of a", kind="combined") == "vote"
    assert called("relu", "activation: relu", "Keep what is positive") == "Keep what is positive"


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
        columns | {"verdict": verdict, "next_low": 0.9, "next_high": 0.92, "could_tell": 0.01}
        for verdict in ("reproduced", "not comparable")
    ]
    first, others = told(pd.DataFrame(rows))
    assert first.startswith(
        "Deck 003 on a rung, test accuracy: claimed 0.9, "
        "measured 0.91 (a further network: 0.9 to 0.92; n"
    )
    assert first.endswith("reproduced (told from 0.01 on).")
    assert others.startswith("The other claim of the decks can't be compared")
    assert told(pd.DataFrame(rows[:0], columns=rows[0])) == []
    [alone] = told(pd.DataFrame(rows[1:]))
    assert alone.startswith("The claim of the decks can't be compared")
    [both] = told(pd.DataFrame([rows[1], rows[1]]))
    assert both.startswith("None of the 2 claims of the decks can be compared")


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
    more = next(TABLE.iloc[3:].itertuples())
    assert score_text(SCORE, more) == "95.0 % (94.0 to 96.0, n = 5)"
    assert difference_text(SCORE, more) == "+25.0 percentage points (+23.0 to +27.0)"
