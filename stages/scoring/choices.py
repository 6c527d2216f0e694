"""What it is worth to choose a rung by its validation score."""

import pandas as pd

from stages.scoring.score import Score

COLUMNS = [
    "chosen", "rungs", "validation", "test", "optimism", "best_on_test", "best_test", "lost",
]  # fmt: skip


def choice(rungs: pd.DataFrame, score: Score) -> dict:
    """The rung with the best validation score (of equal ones the first) among `rungs`: a table of
    rung, validation and test, two rows or more.

    `optimism` is by how much its validation score is better than its test score, beyond what that
    is on average for the others: the winner among many has been lucky, too, with the images that it
    won by. `lost` is what its test score is worse than the best one; nobody could have chosen that.
    """
    signed = rungs.assign(**{part: score.sign * rungs[part] for part in ("validation", "test")})
    chosen, best = signed["validation"].idxmax(), signed["test"].idxmax()
    ahead = signed["validation"] - signed["test"]
    return {
        "chosen": rungs["rung"][chosen],
        "rungs": len(rungs),
        "validation": rungs["validation"][chosen],
        "test": rungs["test"][chosen],
        "optimism": ahead[chosen] - ahead.drop(chosen).mean(),
        "best_on_test": rungs["rung"][best],
        "best_test": rungs["test"][best],
        "lost": signed["test"][best] - signed["test"][chosen],
    }
