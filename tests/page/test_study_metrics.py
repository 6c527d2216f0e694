"""A study's metrics: of each rung its score, and the share of its networks that have learned."""

import numpy as np
import pandas as pd

from stages.page.summary import metrics
from stages.scoring.score import Score


def _made(*rows: tuple) -> dict[str, pd.DataFrame]:
    columns = ["dataset", "rung", "kind", "accuracy", "chance", "learned_members", "members"]
    return {"ladder": pd.DataFrame(rows, columns=columns)}


def test_a_rung_has_a_share_that_learned_and_the_score_of_those():
    made = _made(
        ("digits", "relu", "trained", 0.4, 0.1, 2, 4),
        ("digits", "vote", "combined", 0.9, 0.1, 1, 1),
        ("digits", "relu", "beside", 0.4, 0.1, 2, 4),
        ("xor", "relu", "trained", 0.7, 0.5, 3, 3),
    )
    assert metrics(made, Score("accuracy")) == {
        "digits": {"relu": {"accuracy": 0.4, "learned": 0.5}, "vote": {"accuracy": 0.9}},
        "xor": {"relu": {"accuracy": 0.7, "learned": 1.0}},
    }


def test_a_task_that_knows_no_chance_level_has_no_such_share():
    made = _made(("a", "one", "trained", 0.3, np.nan, 2, 2))
    assert metrics(made, Score("accuracy")) == {"a": {"one": {"accuracy": 0.3}}}
