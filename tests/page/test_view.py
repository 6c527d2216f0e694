"""The cells that many tables share."""

from types import SimpleNamespace

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
