"""What a study's author predicts, as data: five forms, and each mistake in one line."""

import pytest
from conftest import TINY

from stages.command import Problem
from stages.study.source import Source
from stages.study.study import validate

ALONE = TINY.read_text(encoding="utf-8")
TEXT = ALONE.replace("rungs: [without_dropout]", "rungs: [without_dropout, relu]")
WRITTEN = "{rung: dropout, better_than: without_dropout, because: it is the usual reason to add it}"
UNSAID = {
    **dict.fromkeys(["rung", "better_than", "difference", "relative", "group", "best_of", "is"]),
    **dict.fromkeys(
        ["against_dataset", "at_least", "at_most", "range_at_most", "dataset", "because"]
    ),
    "quantity": "test_accuracy",
}

FORMS = {
    "{rung: relu, at_least: 0.2, at_most: 0.9}": {"rung": "relu", "at_least": 0.2, "at_most": 0.9},
    "{rung: relu, quantity: parameters, at_most: 1e5}": {
        "rung": "relu",
        "quantity": "parameters",
        "at_most": 1e5,
    },
    "{rung: mean_of_softmax, at_least: 1e-1}": {"rung": "mean_of_softmax", "at_least": 0.1},
    "{rung: relu, quantity: train_minus_validation, at_least: -0.1}": {
        "rung": "relu",
        "quantity": "train_minus_validation",
        "at_least": -0.1,
    },
    "{rung: relu, better_than: basic, quantity: test_loss, dataset: digits}": {
        "rung": "relu",
        "better_than": "basic",
        "quantity": "test_loss",
        "dataset": "digits",
    },
    "{difference: [relu, basic], at_least: -0.02, at_most: 0.02}": {
        "difference": ["relu", "basic"],
        "relative": False,
        "at_least": -0.02,
        "at_most": 0.02,
    },
    "{difference: [relu, basic], relative: true, at_least: 2, because: x}": {
        "difference": ["relu", "basic"],
        "relative": True,
        "at_least": 2.0,
        "because": "x",
    },
    "{group: Without one idea, range_at_most: 0.1}": {
        "group": "Without one idea",
        "range_at_most": 0.1,
    },
    "{best_of: [relu, basic, mean_of_softmax], is: relu}": {
        "best_of": ["relu", "basic", "mean_of_softmax"],
        "is": "relu",
    },
}
MISTAKES = {
    "no form": (
        "{because: hope}",
        ["expect.0", "found no prediction", "{rung, better_than}", "{best_of: [a, b], is}"],
    ),
    "two forms": (
        "{rung: relu, better_than: basic, at_least: 0.1}",
        ["found at_least, better_than, rung", "exactly one"],
    ),
    "half a form": ("{best_of: [relu, basic]}", ["found best_of", "exactly one"]),
    "no bound": ("{rung: relu}", ["expect.0", "found rung", "at_least and/or at_most"]),
    "no mapping": ("relu", ["expect.0", "'relu'"]),
    "unknown key": ("{rung: relu, at_lest: 0.1}", ["expect.0.at_lest", "did you mean 'at_least'"]),
    "unknown rung": ("{rung: rleu, at_least: 0.1}", ["expect.0.rung", "did you mean 'relu'"]),
    "unknown other rung": (
        "{rung: relu, better_than: basik}",
        ["expect.0.better_than", "did you mean 'basic'"],
    ),
    "unknown rung of a difference": (
        "{difference: [relu, basik], at_least: 0}",
        ["difference.1", "did you mean 'basic'"],
    ),
    "unknown rung among the best": (
        "{best_of: [relu, basik], is: relu}",
        ["expect.0.best_of.1", "did you mean 'basic'"],
    ),
    "best that is none of them": (
        "{best_of: [relu, basic], is: dropout}",
        ["'dropout' is not one of best_of"],
    ),
    "best of one": ("{best_of: [relu], is: relu}", ["expect.0.best_of", "at least 2"]),
    "difference of one": (
        "{difference: [relu], at_least: 0}",
        ["expect.0.difference", "at least 2"],
    ),
    "difference from itself": (
        "{difference: [relu, relu], at_least: 0}",
        ["expect.0", "stands here twice"],
    ),
    "better than itself": ("{rung: relu, better_than: relu}", ["expect.0", "stands here twice"]),
    "unknown group": (
        "{group: Without one ides, range_at_most: 0.1}",
        ["group", "did you mean 'Without one idea'"],
    ),
    "unknown data set": (
        "{rung: relu, at_least: 0.1, dataset: digit}",
        ["expect.0.dataset", "did you mean 'digits'"],
    ),
    "unknown quantity": (
        "{rung: relu, at_least: 0.1, quantity: accuracy}",
        ["quantity", "'accuracy'", "'test_accuracy'"],
    ),
    "percent": ("{rung: relu, at_least: 86}", ["at_least: found 86", "86 % is 0.86"]),
    "percentage points": (
        "{difference: [relu, basic], at_least: 3}",
        ["at_least: found 3", "from -1 to 1"],
    ),
    "range in percent": (
        "{group: Without one idea, range_at_most: 5}",
        ["range_at_most: found 5", "from 0 to 1"],
    ),
    "negative range": (
        "{group: Without one idea, range_at_most: -1}",
        ["expect.0.range_at_most", "-1", "0"],
    ),
    "bounds the wrong way round": (
        "{rung: relu, at_least: 0.9, at_most: 0.1}",
        ["at_least 0.9 is more than at_most 0.1"],
    ),
    "bound that is a word": (
        "{rung: relu, at_least: much}",
        ["expect.0.at_least", "'much'", "number"],
    ),
    "bound that is true": ("{rung: relu, at_least: true}", ["at_least", "true"]),
    "relative to nothing": (
        "{rung: relu, at_least: 0.1, relative: true}",
        ["found at_least, relative, rung"],
    ),
    "relative by a number": (
        "{difference: [relu, basic], at_least: 0.1, relative: 3}",
        ["expect.0.relative", "3"],
    ),
    "better parameters": (
        "{rung: relu, better_than: basic, quantity: parameters}",
        ["neither better nor worse"],
    ),
    "parameters of an ensemble": (
        "{rung: mean_of_softmax, at_most: 9, quantity: parameters}",
        ["expect.0.quantity", "is an ensemble", "test_accuracy"],
    ),
}


def study(entry: str, text: str = TEXT):
    assert WRITTEN in text
    return validate(Source(text.replace(WRITTEN, entry), "params.yaml"))


@pytest.mark.parametrize("entry", FORMS)
def test_a_form_is_written_down_as_it_was_said(entry):
    [expected] = study(entry).model_dump()["expect"]
    assert expected == UNSAID | FORMS[entry]


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line(case):
    entry, words = MISTAKES[case]
    with pytest.raises(Problem) as problem:
        study(entry)
    text = str(problem.value)
    assert text.startswith("params.yaml:15: expect.0")
    assert all(word in text for word in words), text


def test_what_is_not_measured_can_not_be_predicted():
    text = TEXT.replace("validation: 0.1", "validation: 0")
    with pytest.raises(
        Problem,
        match=r"expect\.0\.quantity: 'relu' has no validation_loss: budget\.validation is 0",
    ):
        study("{rung: relu, quantity: validation_loss, at_most: 3}", text)


def test_a_group_of_one_rung_has_no_range():
    said = r"expect\.0\.group: 'Without one idea' has one rung, so no range"
    with pytest.raises(Problem, match=said):
        study("{group: Without one idea, range_at_most: 0.1}", ALONE)


TWO = ALONE.replace(
    "datasets: [digits]",
    "datasets: [digits, shuffled, some]\ndata:\n  shuffled: {of: digits, permuted: true}\n"
    "  some: {of: digits, classes: ['1', '2']}",
)
ACROSS = "{difference: [relu, relu], dataset: shuffled, against_dataset: digits, at_most: 0.1}"


def test_a_rung_is_compared_with_itself_on_another_data_set():
    [expected] = study(ACROSS, TWO).expect
    assert (expected.difference, expected.against_dataset) == (["relu", "relu"], "digits")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("dataset: digits", "dataset: shuffled"), "'shuffled' is the data set itself"),
        (("dataset: digits", "dataset: few"), "'few' is not a data set of this study"),
        (("dataset: digits", "dataset: some"), "'shuffled' and 'some' have other test images"),
        ((" dataset: shuffled,", ""), "against_dataset: dataset is missing"),
        ((" against_dataset: digits,", ""), "a rung stands here twice"),
    ],
)
def test_a_wrong_other_data_set_is_one_line(change, words):
    with pytest.raises(Problem, match=words):
        study(ACROSS.replace(*change), TWO)
