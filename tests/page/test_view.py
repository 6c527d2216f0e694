"""The cells that many tables share."""

from types import SimpleNamespace

import pandas as pd

from stages.page.cells.evidence import claims
from stages.page.cells.view import idea

LABELLED = SimpleNamespace(label="The idea", changed="a_slot: on")


def test_what_an_idea_means_is_a_sentence_and_those_behind_it_stay_theirs():
    assert idea(LABELLED).note == "a slot: on"
    explained = idea(LABELLED, ["One: it does this.", "Two: it does that."])
    assert (explained.text, explained.note) == (
        "The idea",
        "a slot: on. One: it does this. Two: it does that.",
    )


def test_without_a_label_what_changed_is_the_idea():
    plain = SimpleNamespace(label="a_slot: on", changed="a_slot: on")
    found = idea(plain, ["One: it does this."])
    assert (found.text, found.note) == ("a slot: on", "One: it does this.")


def test_beside_a_claim_s_verdict_stands_what_could_have_been_told():
    judged = {"measured": 0.7, "next_low": 0.66, "next_high": 0.74, "could_tell": 0.04, "p": 1.0}
    claim = {"rung": "a", "deck": "001", "quantity": "test_accuracy", "claimed": "0.69"}
    claim |= {"claimed_low": 0.69, "claimed_high": 0.69, "epochs": "62–65", "members": 3}
    said = {"wrong_from": 0.02, "verdict": "can't tell", "why": "too few", "doubtful": ""}
    exact = {"quantity": "parameters", "epochs": "", "could_tell": None, "verdict": "reproduced"}
    view = claims(pd.DataFrame([claim | judged | said, claim | judged | said | exact]))
    first, second = ({name: row[i] for i, name in enumerate(view.columns)} for row in view.rows)
    assert first["What"].note == "after epoch 62–65 of training"
    assert (first["Could tell"].text, first["Could tell"].note) == ("0.04", "wrong from 0.02 on")
    assert second["Could tell"].text == second["What"].note == ""
