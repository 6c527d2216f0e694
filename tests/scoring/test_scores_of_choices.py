"""A choice by validation score: which rung, and how far its score can be believed."""

import numpy as np
import pandas as pd
import pytest

from stages.scoring.choices import choice
from stages.scoring.score import Score

ACCURACY = Score("accuracy", percent=True)
RUNGS = pd.DataFrame(
    {
        "rung": ["a", "b", "c"],
        "validation": [0.80, 0.86, 0.82],
        "test": [0.79, 0.82, 0.83],
    }
)


def test_the_winner_is_chosen_by_validation_alone():
    found = choice(RUNGS, ACCURACY)
    assert (found["chosen"], found["best_on_test"], found["rungs"]) == ("b", "c", 3)
    assert found["lost"] == pytest.approx(0.01)


def test_its_lead_is_what_it_has_beyond_the_others():
    """0.04 above its test score, where the others are at 0.01 and -0.01."""
    assert choice(RUNGS, ACCURACY)["optimism"] == pytest.approx(0.04)


def test_of_a_score_where_less_is_better_the_signs_turn():
    errors = RUNGS.assign(validation=1 - RUNGS["validation"], test=1 - RUNGS["test"])
    found, same = choice(errors, Score("error", higher_is_better=False)), choice(RUNGS, ACCURACY)
    for name in ("chosen", "best_on_test"):
        assert found[name] == same[name]
    for name in ("optimism", "lost"):
        assert found[name] == pytest.approx(same[name])


def test_among_equals_the_chosen_one_was_lucky():
    """Ten rungs of one true accuracy: the winner's validation score is too good, on average by the
    expected maximum of ten standard normal values, 1.54 standard deviations, of the difference to
    the mean of the other nine 1.71."""
    random, found = np.random.default_rng(0), []
    for _ in range(4000):
        rungs = RUNGS.iloc[[0] * 10].reset_index(drop=True)
        rungs = rungs.assign(validation=random.normal(0.8, 0.01, 10), test=0.8)
        found.append(choice(rungs, ACCURACY)["optimism"])
    assert np.mean(found) == pytest.approx(0.01 * 1.539 * 10 / 9, rel=0.03)
