"""Made-up ladders, whose truth is known."""

import pandas as pd

from stages.page.tables.ladder import columns
from stages.scoring.score import Score
from stages.scoring.tasks.classification import SCORE
from stages.scoring.verdicts import verdict

ERROR = Score("error", higher_is_better=False)


def row(
    rung,
    value,
    margin,
    difference=None,
    difference_margin=None,
    below="x",
    kind="trained",
    score=SCORE,
    learned=(5, 5),
):
    """A row of the ladder's table: five networks, whose score is `value` ± `margin`; and so on.

    `learned` are how many of them learned, and how many of the rung that it is compared with.
    """
    here, there = learned
    known = difference is not None and difference_margin is not None
    both = min(learned) > 0
    values = {
        "dataset": "d", "rung": rung, "kind": kind, "compared_with": below, "changed": "something",
        "label": "something", "members": 5, "diverged_members": 0, "chance": 0.1,
        score.name: value, f"{score.name}_low": value - margin,
        f"{score.name}_high": value + margin,
        "learned_members": here, "learned_low": 0.4, "learned_high": 1.0,
        "compared_learned": there, "compared_members": 5, "learned_difference": (here - there) / 5,
        "learned_p": None, "learned_p_corrected": None, "p": None, "p_corrected": None,
        "difference": difference if both else None,
        "difference_low": difference - difference_margin if known and both else None,
        "difference_high": difference + difference_margin if known and both else None,
    }  # fmt: skip
    if min(learned) < 5:
        p = 0.01 if abs(here - there) == 5 else 0.7
        values |= {"learned_p": p, "learned_p_corrected": p}
    if known and both:
        p = 0.01 if abs(difference) > difference_margin else 0.6
        values |= {"p": p, "p_corrected": p}
    if below is None:
        values |= dict.fromkeys(["compared_learned", "compared_members", "learned_difference"])
    return values | {"verdict": verdict(pd.Series(values), score)}


def ladder(*rows: dict, score: Score = SCORE) -> pd.DataFrame:
    """Rows as the ladder's table."""
    return pd.DataFrame(list(rows), columns=columns(score, []))


def chosen(rung: str, alike: str | None = None, ahead: str | None = None) -> pd.Series:
    """A row of the table `best`: the rung that validation chose."""
    by = {"chosen_by": "validation", "rungs": 5, "validation": 0.9}
    return pd.Series({"dataset": "d", "rung": rung, "alike": alike, "ahead": ahead} | by)


TABLE = ladder(
    row("basic", 0.8, 0.02, below=None),
    row("too_deep", 0.1, 0.01, learned=(0, 5), below="basic"),
    row("helps", 0.7, 0.1, learned=(5, 0), below="too_deep"),
    row("helps_more", 0.95, 0.01, 0.25, 0.02, below="helps"),
    row("maybe", 0.96, 0.01, 0.01, 0.02, below="helps_more"),
    row("together", 0.97, 0.01, 0.01, kind="combined"),
)


def layers(
    rung: str, gradients: list[float], signals: list[float], constant: float
) -> pd.DataFrame:
    """The diagnostics of a rung's layers before training."""
    rows = zip(gradients, signals, strict=True)
    made = [
        {"layer": i, "units": 10, "gradient_rms": gradient, "activation_std": signal}
        for i, (gradient, signal) in enumerate(rows, start=1)
    ]
    return pd.DataFrame(
        [{"rung": rung, "moment": "start", "constant_units": constant} | row for row in made]
    )
