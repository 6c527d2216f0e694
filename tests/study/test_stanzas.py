"""What a stanza takes over by `like`, and how it is labelled."""

import pytest
from bad_studies import assert_refused, with_anchors
from conftest import TINY

from stages.command import Problem
from stages.study.recipe import recipes
from stages.study.source import Source
from stages.study.study import load, validate

TEXT = TINY.read_text(encoding="utf-8")
ANCHORS = with_anchors(TEXT)
MISTAKES = {
    "like an unknown stanza": (
        "like: dropout",
        "like: droput",
        ["without_dropout.like", "did you mean 'dropout'"],
    ),
    "like nothing": (
        "like: dropout",
        "like:",
        ["techniques.without_dropout.like", "None is not defined"],
    ),
    "like a list": (
        "like: dropout",
        "like: [dropout]",
        ["techniques.without_dropout.like", "['dropout'] is not defined"],
    ),
    "like itself": (
        "like: relu",
        "like: dropout",
        ["techniques.dropout.like", "dropout is like dropout: a circle"],
    ),
    "like in a circle": (
        "like: basic",
        "like: dropout",
        ["like", "relu is like dropout is like relu: a circle"],
    ),
    "unknown slot": (
        "like: dropout",
        "liek: dropout",
        ["techniques.without_dropout.liek", "did you mean 'like'"],
    ),
    "label that is a number": (
        "label: ReLU",
        "label: 1",
        ["techniques.relu.label", "found 1", "quotes"],
    ),
    "label that is empty": (
        "label: ReLU",
        "label: ''",
        ["techniques.relu.label", "one line of 1 to 60"],
    ),
    "label of two lines": (
        "label: ReLU",
        'label: "Re\\nLU"',
        ["techniques.relu.label", "one line of 1 to 60"],
    ),
    "label that is too long": (
        "label: ReLU",
        f"label: {'a' * 61}",
        ["techniques.relu.label", "1 to 60 characters"],
    ),
    "label of what is not defined": (
        "techniques:\n",
        "labels: {rleu: x}\ntechniques:\n",
        ["labels.rleu", "did you mean 'relu'"],
    ),
}


def read(text: str):
    return validate(Source(text, "params.yaml"))


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line(case):
    assert_refused(TEXT, *MISTAKES[case])


def test_anchors_say_the_same():
    assert ANCHORS.count("<<: *") == 3
    written = read(ANCHORS)
    assert written.techniques == load(TINY).techniques
    assert recipes(written) == recipes(load(TINY))


def test_a_stanza_may_come_before_the_one_that_it_is_like():
    head, stanzas = TEXT.split("techniques:\n")
    *basic, relu, dropout, without = stanzas.splitlines(keepends=True)
    turned = "".join([head, "techniques:\n", without, dropout, relu, *basic])
    assert read(turned) == load(TINY)


def test_a_mistake_is_found_where_it_was_written_and_not_where_it_is_taken_over():
    turned = TEXT.replace("  basic:\n", "  first: {like: relu}\n  basic:\n").replace(
        "activation: relu}", "activation: rleu}"
    )
    [line] = [
        number for number, content in enumerate(turned.splitlines(), start=1) if "rleu" in content
    ]
    with pytest.raises(Problem, match=rf"^params.yaml:{line}: techniques.relu.activation: 'rleu'"):
        read(turned)


def test_a_budget_of_its_own_is_taken_over_and_taken_away():
    text = TEXT.replace("activation: relu}", "activation: relu, budget: {epochs: 7}}")
    assert read(text).budget_of("without_dropout").epochs == 7
    assert (
        read(text.replace("dropout: none", "budget: none")).budget_of("without_dropout").epochs == 2
    )


def test_a_label_is_of_its_own_stanza_and_no_part_of_a_recipe():
    assert load(TINY).labels == {
        "basic": None,
        "relu": "ReLU",
        "dropout": None,
        "without_dropout": None,
    }
    for other in ("label: Rectifier, ", ""):
        assert recipes(read(TEXT.replace("label: ReLU, ", other))) == recipes(load(TINY))
    assert all(
        {"like", "label"}.isdisjoint(recipe.get("slots", {}))
        for recipe in recipes(load(TINY)).values()
    )


def test_an_experiment_of_dvc_does_not_cut_what_is_taken_over(tmp_path):
    """`dvc exp run -S` writes params.yaml anew, with YAML's merge keys written out."""
    from dvc.utils.hydra import apply_overrides

    path = tmp_path / "params.yaml"
    path.write_text(TEXT, encoding="utf-8")
    apply_overrides(path, ["budget.epochs=3"])
    rewritten = path.read_text(encoding="utf-8")
    edited = read(rewritten.replace("activation: relu", "activation: tanh", 1))
    assert edited.budget.epochs == 3
    assert edited.techniques["without_dropout"]["activation"] == {"tanh": {}}
