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
):
    """A row of the ladder's table: five networks whose score is `value` ± `margin`, and so on."""
    low, high = (
        (None, None)
        if difference_margin is None
        else (difference - difference_margin, difference + difference_margin)
    )
    values = {
        "dataset": "d",
        "rung": rung,
        "kind": kind,
        "compared_with": below,
        "changed": "something",
        "label": "something",
        "members": 5,
    }
    values |= {"diverged_members": 0, "chance": 0.1}
    if difference is not None and difference_margin is not None:
        values["p_corrected"] = 0.01 if abs(difference) > difference_margin else 0.6
    values |= {
        score.name: value,
        f"{score.name}_low": value - margin,
        f"{score.name}_high": value + margin,
    }
    values |= {"difference": difference, "difference_low": low, "difference_high": high}
    return values | {"verdict": verdict(pd.Series({"p_corrected": None} | values), score)}


def ladder(*rows: dict, score: Score = SCORE) -> pd.DataFrame:
    """Rows as the ladder's table."""
    return pd.DataFrame(list(rows), columns=columns(score, []))


TABLE = ladder(
    row("basic", 0.8, 0.02, below=None),
    row("too_deep", 0.1, 0.01, -0.7, 0.02),
    row("helps", 0.7, 0.1, 0.6, 0.1, below="too_deep"),
    row("helps_more", 0.95, 0.01, 0.25, 0.02),
    row("maybe", 0.96, 0.01, 0.01, 0.02),
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
