"""A study's metrics: of each rung its score, and the share of its networks that have learned."""

import numpy as np
import pandas as pd

from stages.page.summary import metrics
from stages.scoring.score import Score


def _made(score: str, rows: list[tuple], scores: dict[tuple, list[float]]) -> dict:
    ladder = pd.DataFrame(rows, columns=["dataset", "rung", "kind", score, "chance"])
    members = [(*place, each) for place, found in scores.items() for each in found]
    return {"ladder": ladder, "members": pd.DataFrame(members, columns=["dataset", "rung", score])}


def test_who_is_half_as_good_again_as_chance_has_learned():
    made = _made(
        "accuracy",
        [
            ("digits", "relu", "trained", 0.4, 0.1),
            ("digits", "vote", "combined", 0.9, 0.1),
            ("digits", "relu", "beside", 0.4, 0.1),
            ("xor", "relu", "trained", 0.7, 0.5),
        ],
        {
            ("digits", "relu"): [0.14, 0.16, 0.1, 0.9],
            ("digits", "vote"): [0.9],
            ("xor", "relu"): [0.7, 0.8],
        },
    )
    assert metrics(made, Score("accuracy")) == {
        "digits": {"relu": {"accuracy": 0.4, "learned": 0.5}, "vote": {"accuracy": 0.9}},
        "xor": {"relu": {"accuracy": 0.7, "learned": 0.5}},
    }


def test_of_an_error_less_is_better_and_a_task_may_know_no_chance_level():
    rows = [("a", "one", "trained", 0.3, 0.6), ("b", "one", "trained", 0.3, np.nan)]
    made = _made("error", rows, {("a", "one"): [0.3, 0.5], ("b", "one"): [0.3]})
    assert metrics(made, Score("error", higher_is_better=False)) == {
        "a": {"one": {"error": 0.3, "learned": 0.5}},
        "b": {"one": {"error": 0.3}},
    }
