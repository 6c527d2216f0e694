"""The audit of studies of made-up networks, which have what the tiny one is too small for: rungs
that partly learn, networks that diverge or stop, groups, choices, claims that can be judged, all
kinds of predictions."""

import pytest
from audited_files import differences, rows
from audited_tables import TABLES
from made_up import DECK, made

# Of the decks' study alone.
EMPTY = {"axes", "gaps", "folds", "choices", "expectations", "ensembles", "against_best",
         "diversity", "faults"}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return made(tmp_path_factory.mktemp("made_up"))


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return made(tmp_path_factory.mktemp("made_up_deck"), DECK)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_was_computed_anew(study, deck, name):
    for of in (study, deck):
        file = of.page / "tables" / f"{name}.csv"
        wrong, checked = differences(name, file, TABLES[name](of))
        assert not wrong, "\n".join(wrong)
        assert (checked > 0) == (of is study or name not in EMPTY)


def test_they_have_what_the_tiny_study_is_too_small_for(study, deck):
    def of(study, name: str, column: str) -> set[str]:
        return {row[column] for row in rows(study.page / "tables" / f"{name}.csv")}

    assert {"better", "worse", "can't tell", "the first rung"} <= of(study, "ladder", "verdict")
    assert of(study, "ladder", "kind") == {"trained", "beside", "apart", "combined"}
    assert {"held", "not held", "can't tell"} == of(study, "expectations", "outcome")
    forms = {"level", "better", "difference", "relative", "range", "best"}
    assert of(study, "expectations", "form") == forms
    assert {"0", "1", "2", "3", "4"} <= of(study, "ladder", "learned_members")
    assert of(study, "reasons", "how") == {"within rungs"}
    assert of(deck, "best", "chosen_by") == {"test"}
    assert {"reproduced", "not reproduced", "not comparable"} <= of(deck, "claims", "verdict")
