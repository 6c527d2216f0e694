"""What of a study decides which recipe: a change trains what it touches, and nothing else."""

import pytest
from bad_studies import spoil
from conftest import TINY

from stages.study.recipe import recipes
from stages.study.schema import Study
from stages.study.study import load

TEXT = TINY.read_text(encoding="utf-8")
TRAINED, COMBINED = {"basic", "relu", "dropout", "without_dropout"}, {"mean_of_softmax"}
CHANGES = {
    "the first stanza": ("width: 4", "width: 5", TRAINED),
    "a stanza in the middle": (
        "activation: relu}",
        "activation: relu, scaling: zero_centered}",
        {"relu", "dropout", "without_dropout"},
    ),
    "the last stanza": ("{rate: 0.3}", "{rate: 0.4}", {"dropout"}),
    "the budget": ("seed: 0", "seed: 1", TRAINED),
    "whether images are shuffled": ("seed: 0", "seed: 0, shuffle: false", TRAINED),
    "that they are, spelled out": ("seed: 0", "seed: 0, shuffle: true, drop_last: true", set()),
    "the device": ("device: cpu", "device: auto", TRAINED),
    "the threads": ("threads: 1", "threads: 2", TRAINED),
    "how members are combined": ("combine: mean", "combine: majority", COMBINED),
    "what is combined": ("of: dropout, combine", "of: relu, combine", COMBINED),
    "what stands on the page": (
        "study: tiny",
        "study: tiny\ntitle: Another\ndepartures: [none]",
        set(),
    ),
    "the order of the ladder": ("[basic, relu, dropout]", "[dropout, basic, relu]", set()),
    "a default, spelled out": (", seed: 0", "", set()),
    "a comment": ("threads: 1", "threads: 1  # as many as the sums are split by", set()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_touches_these_recipes_alone(change, tmp_path):
    old, new, expected = CHANGES[change]
    (tmp_path / "params.yaml").write_text(spoil(TEXT, old, new), encoding="utf-8")
    before, after = recipes(load(TINY)), recipes(load(tmp_path / "params.yaml"))
    assert before.keys() == after.keys() == TRAINED | COMBINED
    assert {rung for rung in before if before[rung] != after[rung]} == expected


def test_a_rung_less_changes_nothing_for_the_others(tmp_path):
    (tmp_path / "params.yaml").write_text(
        TEXT.replace("[basic, relu, dropout]", "[basic, dropout]"), encoding="utf-8"
    )
    before, after = recipes(load(TINY)), recipes(load(tmp_path / "params.yaml"))
    assert after == {rung: recipe for rung, recipe in before.items() if rung != "relu"}


def test_what_is_as_usual_stands_in_no_recipe():
    """So that no recipe of before is another one."""
    for recipe in recipes(load(TINY)).values():
        known = {"epochs", "batch_size", "members", "validation", "seed"}
        assert recipe.get("budget", dict.fromkeys(known)).keys() == known


def test_a_rung_may_be_as_usual_where_the_study_is_not(tmp_path):
    text = spoil(TEXT, "seed: 0", "seed: 0, shuffle: false")
    text = spoil(text, "activation: relu}", "activation: relu, budget: {shuffle: true}}")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    found = recipes(load(tmp_path / "params.yaml"))
    assert found["basic"]["budget"]["shuffle"] is False
    assert found["relu"]["budget"] == recipes(load(TINY))["relu"]["budget"]


def test_a_study_that_was_written_down_is_the_same_study(tmp_path):
    """What is as usual for a rung, but not for the study, is not lost."""
    text = spoil(TEXT, "seed: 0", "seed: 0, shuffle: false")
    text = spoil(text, "activation: relu}", "activation: relu, budget: {shuffle: true}}")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    study = load(tmp_path / "params.yaml")
    written = Study.model_validate_json(study.model_dump_json())
    assert written.budget_of("relu").shuffle
    assert not written.budget_of("basic").shuffle
