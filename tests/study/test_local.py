"""A study as it is on one of its data sets, where some rungs begin with another's weights."""

import pytest
from bad_studies import assert_refused
from conftest import ROOT

from stages.study import axes
from stages.study.comparisons import comparisons
from stages.study.expectations import is_about
from stages.study.local import on
from stages.study.source import Source
from stages.study.study import load, validate

TEXT = (ROOT / "tests" / "starts.yaml").read_text(encoding="utf-8")
STUDY = validate(Source(TEXT, "starts.yaml")).model_dump()
TRANSFER = load(ROOT / "studies" / "transfer.yaml")


@pytest.mark.parametrize(
    ("dataset", "beside", "groups"),
    [
        (
            "digits",
            ["slow", "last", "later", "tuned"],
            {"Steps": ["slow", "relu"], "What is frozen": ["relu", "tuned"],
             "Once more": ["later", "last"]},
        ),
        (
            "few",
            ["slow", "frozen", "tuned"],
            {"Steps": ["slow", "relu"], "What is frozen": ["relu", "frozen", "tuned"]},
        ),
    ],
)  # fmt: skip
def test_a_data_set_has_the_rungs_and_groups_that_are_there(dataset, beside, groups):
    here = on(STUDY, dataset)
    assert here["datasets"] == [dataset]
    assert here["beside"] == beside
    assert {group["title"]: group["rungs"] for group in here["comparisons"]} == groups


def test_without_starts_a_study_is_the_same_on_each_of_its_data_sets():
    study = load(ROOT / "tests" / "axes.yaml").model_dump()
    for dataset in study["datasets"]:
        assert on(study, dataset) == study | {"datasets": [dataset]}


def test_what_a_rung_begins_with_is_a_change():
    rows = {(row.rung, row.group): row for row in comparisons(on(STUDY, "digits"))}
    assert rows["later", "Once more"].changed.endswith("; start: weights of relu on digits")
    tuned = rows["tuned", "What is frozen"].changed.split("; ")
    assert tuned[-1] == "start: features of later on digits"
    assert {part.partition(":")[0] for part in tuned} == {"fine_tuning", "freeze", "start"}


def test_a_change_from_one_start_to_another_and_to_none():
    group = {"title": "Back", "rungs": ["tuned", "later", "relu"], "against": "previous"}
    rows = comparisons(on(STUDY, "digits") | {"comparisons": [group]})
    later, relu = (row.changed for row in rows if row.group == "Back" and row.rung != "tuned")
    assert later.endswith("start: features of later on digits → weights of relu on digits")
    assert relu.endswith("start: no weights of relu on digits")


def test_what_a_rung_begins_with_is_a_place_on_an_axis():
    words = [axes.value(STUDY, rung, "start", []) for rung in ("relu", "frozen")]
    assert words == ["none", "features of relu on digits"]


def test_a_prediction_is_about_the_data_sets_that_have_its_rungs():
    frozen, last = STUDY["expect"]
    about = [
        [is_about(each, on(STUDY, dataset)) for dataset in ("digits", "few")]
        for each in (frozen, last, last | {"dataset": "few"})
    ]
    assert about == [[False, True], [True, False], [False, False]]


FROZEN = "{rung: frozen, better_than: relu, because: it has seen all digits}"
MISTAKES = {
    "not on this data set": (
        FROZEN,
        "{rung: frozen, better_than: relu, dataset: digits}",
        ["expect.0", "frozen, relu: not all trained on digits"],
    ),
    "on no data set together": (
        FROZEN,
        "{best_of: [frozen, last], is: last}",
        ["expect.0", "frozen, last: not all trained on one data set"],
    ),
    "not on the other data set": (
        FROZEN,
        "{difference: [relu, frozen], dataset: few, against_dataset: digits, at_least: 0}",
        ["expect.0"],
    ),
    "a group that is not there": (
        FROZEN,
        "{group: Once more, range_at_most: 0.1, dataset: few}",
        ["expect.0", "the group 'Once more': not all trained on few"],
    ),
    "an unknown rung": (
        FROZEN,
        "{rung: frozn, at_least: 0.1}",
        ["expect.0.rung", "did you mean 'frozen'"],
    ),
    "a group of different data sets": (
        "[relu, frozen, tuned]\n    against: relu",
        "[frozen, last]\n    against: previous",
        ["comparisons.1.rungs", "no two of these that it compares are trained on one data set"],
    ),
    "a group with an unknown rung": (
        "[relu, frozen, tuned]",
        "[relu, frozn, tuned]",
        ["comparisons.1.rungs.1", "did you mean 'frozen'"],
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line(case):
    assert_refused(TEXT, *MISTAKES[case])


def test_a_shorter_ladder_keeps_what_begins_with_it():
    source = Source(TEXT, "starts.yaml")
    source.override({"ladder": ["relu"]})
    study = validate(source)
    assert set(study.started) == {"last", "later", "frozen", "tuned"}
    assert len(study.comparisons) == 3
    source = Source(TEXT, "starts.yaml")
    source.override({"ladder": ["basic"]})
    study = validate(source)
    assert (study.started, study.comparisons, study.expect) == ([], [], [])


def test_the_source_of_the_study_transfer_has_none_of_a_target_s_classes():
    classes = {name: set(options["classes"]) for name, options in TRANSFER.data.items()}
    of = {name: options["of"] for name, options in TRANSFER.data.items()}
    targets = {start.dataset for start in TRANSFER.starts}
    assert targets == classes.keys() - {"source"}
    assert {start.from_dataset for start in TRANSFER.starts} == {"source"}
    for target in targets:
        assert of[target] != of["source"] or not classes[target] & classes["source"]
