"""Where a study departs from its source: which numbers that touches, and how it is written."""

import pytest
from bad_studies import assert_refused, spoil
from conftest import TINY

from stages.study.departures import touching
from stages.study.schema import Study
from stages.study.source import Source
from stages.study.study import validate

TEXT = TINY.read_text(encoding="utf-8")
HERE = "threads: 1"
TEST, TRAIN = "test_accuracy", "train_loss_after_step"


def read(departures: str) -> Study:
    return validate(Source(spoil(TEXT, HERE, f"{HERE}\ndepartures: {departures}"), "params.yaml"))


@pytest.mark.parametrize(
    ("written", "touched"),
    [
        ("[said]", {TEST, TRAIN, "parameters"}),
        ("[{says: said}]", {TEST, TRAIN, "parameters"}),
        ("[{says: said, touches: [accuracy]}]", {TEST}),
        ("[{says: said, touches: [train_loss, parameters]}]", {TRAIN, "parameters"}),
        ("[{says: said, touches: []}]", set()),
        ("[{says: said, rungs: [basic]}]", set()),
        ("[{says: said, rungs: [basic, relu]}]", {TEST, TRAIN, "parameters"}),
    ],
)
def test_a_departure_touches_what_it_names_and_everything_where_it_names_nothing(written, touched):
    study = read(written)
    for departures in (study.departures, study.model_dump()["departures"]):
        found = {of for of in (TEST, TRAIN, "parameters") if touching(departures, "relu", of)}
        assert found == touched
    assert touching(["one", {"says": "other", "touches": []}], "relu", TEST) == ["one"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("[3]", ["departures.0", "found 3", "a text, or {says, touches, rungs}"]),
        ("[{touches: []}]", ["departures.0", "'says' is missing"]),
        ("[{says: a, touches: [acuracy]}]", ["departures.0", "found 'acuracy'", "'accuracy'"]),
        ("[{says: a, rungs: [basis]}]", ["departures.0.rungs", "did you mean 'basic'"]),
    ],
)
def test_a_mistake_is_one_line(written, words):
    assert_refused(TEXT, HERE, f"{HERE}\ndepartures: {written}", words)
