"""Rungs that begin with another's weights.

What one can say, what goes into their recipes, and each mistake in one line.
"""

import pytest
from bad_studies import assert_refused, spoil
from conftest import TINY

from stages.command import Problem
from stages.study.recipe import recipes
from stages.study.source import Source
from stages.study.study import load, validate

START = "{rung: later, from: relu, dataset: digits, from_dataset: digits}"
LAST = "{rung: last, from: later, dataset: digits, from_dataset: digits}"
FEATURES = START[:-1] + ", take: features}"
DATA = """
data:
  few: {of: digits, classes: ['3', '8'], per_class: 60}
  large: {of: digits, size: 9}
"""
TEXT = (
    TINY.read_text(encoding="utf-8")
    .replace("starts: []\n", f"starts:\n  - {START}\n  - {LAST}\n")
    .replace("datasets: [digits]\n", f"datasets: [digits, few, large]{DATA}")
    + "  later: {like: relu, optimizer: {sgd: {learning_rate: 0.05}}}\n"
    + "  last: {like: later, activation: sigmoid}\n"
    + "  lone: {like: relu}\n"
)
MISTAKES = {
    "unknown rung": ("{rung: later", "{rung: latter", ["starts.0.rung", "did you mean 'later'"]),
    "from an unknown rung": (
        "from: relu",
        "from: rleu",
        ["starts.0.from", "'rleu' is not trained", "did you mean 'relu'"],
    ),
    "from a rung that is only defined": (
        "from: relu",
        "from: lone",
        ["starts.0.from", "'lone' is not trained"],
    ),
    "from an ensemble": (
        "from: relu",
        "from: mean_of_softmax",
        ["starts.0.from", "'mean_of_softmax' is not trained"],
    ),
    "unknown data set": (
        "relu, dataset: digits",
        "relu, dataset: digit",
        ["starts.0.dataset", "did you mean 'digits'"],
    ),
    "from a data set of another study": (
        "relu, dataset: digits, from_dataset: digits",
        "relu, dataset: digits, from_dataset: cifar10",
        ["starts.0.from_dataset", "'cifar10' is not a data set of this study"],
    ),
    "no from": ("from: relu, ", "", ["starts.0.from", "'from' is missing"]),
    "unknown key": ("from: relu", "form: relu", ["starts.0.form", "did you mean 'from'"]),
    "rung of the ladder": (
        "{rung: later",
        "{rung: dropout",
        ["starts.0.rung", "'dropout' is trained once"],
    ),
    "rung that the ladder trains, too": (
        "relu, dropout]",
        "relu, dropout, later]",
        ["starts.0.rung", "'later' is trained once"],
    ),
    "rung twice": ("{rung: last", "{rung: later", ["starts.1.rung", "'later' begins once"]),
    "from itself": (
        "from: relu",
        "from: later",
        ["starts.0.from", "later begins with later: a circle"],
    ),
    "circle": (
        "from: relu",
        "from: last",
        ["starts.0.from", "later begins with last begins with later: a circle"],
    ),
    "another network": (
        "later: {like: relu,",
        "later: {like: relu, network: deeper,",
        ["starts.0.from", "'relu' has network basic (width 4)"],
    ),
    "another width": (
        "later: {like: relu,",
        "later: {like: relu, network: {basic: {width: 5}},",
        [
            "starts.0.from",
            "'relu' has network basic (width 4), "
            "but 'later', which takes its weights, basic (width 5)",
        ],
    ),
    "other layers": (
        "later: {like: relu,",
        "later: {like: relu, normalization: batch_normalization,",
        ["starts.0.from", "'relu' has normalization none, but 'later'", "batch_normalization"],
    ),
    "rung twice from other weights": (
        LAST,
        "{rung: later, from: basic, dataset: few, from_dataset: digits}",
        ["starts.1.rung", "always with the same weights; give the other a stanza {like: later}"],
    ),
    "other images": (
        "later, dataset: digits,",
        "later, dataset: large,",
        ["starts.1.from_dataset", "images of digits are 1x8x8 (channels, height, width)", "1x9x9"],
    ),
    "other classes": (
        LAST,
        "{rung: last, from: relu, dataset: few, from_dataset: digits}",
        ["starts.1", "digits has 10 classes, but few has 2", "add take: features"],
    ),
    "unknown part": (
        "from_dataset: digits}\n  - {rung: last",
        "from_dataset: digits, take: half}\n  - {rung: last",
        ["starts.0.take", "'half'", "'all' or 'features'"],
    ),
    "fine-tuning of nothing": (
        "  dropout: {like: relu,",
        "  dropout: {like: relu, fine_tuning: smaller_rate,",
        ["techniques.dropout.fine_tuning", "'dropout' takes over nothing"],
    ),
    "no layers left": (
        "activation: sigmoid}",
        "activation: sigmoid, freeze: {first: {layers: -1}}}",
        ["techniques.last.freeze.first.layers", "greater than or equal to 0"],
    ),
    "more members": (
        "later: {like: relu,",
        "later: {like: relu, budget: {members: 3},",
        ["starts.0.from", "'relu' has 2 members"],
    ),
}


def read(text: str):
    return validate(Source(text, "params.yaml"))


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line(case):
    assert_refused(TEXT, *MISTAKES[case])


def test_a_rung_may_begin_on_several_data_sets():
    more = FEATURES.replace("dataset: digits, from", "dataset: few, from")
    text = TEXT.replace(f"  - {START}\n", f"  - {FEATURES}\n  - {more}\n")
    study = read(text)
    assert study.datasets_of("later") == ["digits", "few"]
    assert study.datasets_of("relu") == ["digits", "few", "large"]
    assert recipes(study)["later"]["start"]["take"] == "features"
    assert recipes(study)["last"]["start"]["rung"] == "later"


def test_a_rung_that_is_begun_elsewhere_is_there_alone():
    text = TEXT.replace("datasets: [digits, few, large]", "datasets: [digits, cifar10]")
    text = text.replace(
        "later, dataset: digits, from_dataset: digits",
        "later, dataset: digits, from_dataset: cifar10",
    )
    with pytest.raises(
        Problem, match=r"starts\.1\.from_dataset: 'later' is trained on digits, not on cifar10"
    ):
        read(text)


def test_starts_change_no_recipe_but_those_of_their_rungs():
    before, after = recipes(load(TINY)), recipes(read(TEXT))
    assert after.keys() - before.keys() == {"later", "last"}
    assert {rung: after[rung] for rung in before} == before
    assert not any("start" in recipe for recipe in before.values())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("activation: relu}", "activation: relu, scaling: zero_centered}", {"later", "last"}),
        ("learning_rate: 0.05", "learning_rate: 0.02", {"later", "last"}),
        (
            "last: {like: later, activation: sigmoid}",
            "last: {like: later, activation: tanh}",
            {"last"},
        ),
        ("from: relu", "from: basic", {"later", "last"}),
        ("last, from: later", "last, from: relu", {"last"}),
        ("ladder: [basic, relu, dropout]", "ladder: [relu, basic, dropout]", set()),
    ],
)
def test_a_recipe_holds_what_it_begins_with(old, new, expected):
    before, after = recipes(read(TEXT)), recipes(read(spoil(TEXT, old, new)))
    assert {rung for rung in ("later", "last") if before[rung] != after[rung]} == expected


def test_starts_may_come_in_any_order():
    turned = TEXT.replace(f"  - {START}\n  - {LAST}\n", f"  - {LAST}\n  - {START}\n")
    assert recipes(read(turned)) == recipes(read(TEXT))
