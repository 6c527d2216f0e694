"""What counts as a difference, as chance level, as large: the decisions on a study's numbers, as data that the page words."""

import pandas as pd

ALPHA = 0.05
# A difference that nobody would call none, in shares; and a share of gradient or signal that is as good as none.
LARGE, FADED = 0.1, 0.01


def verdict(row) -> str:
    """What a rung's difference says, once it is known how many have been looked at."""
    if pd.isna(row.difference):
        return "the first rung"
    if pd.isna(row.p_corrected):
        return "one network: no verdict"
    if row.p_corrected > ALPHA:
        return "no evidence of a difference"
    return "better" if row.difference > 0 else "worse"


def at_chance(table: pd.DataFrame, classes: int) -> pd.DataFrame:
    """The trained rungs that have learned nothing: at guessing, as far as can be told."""
    trained = table[table["kind"] != "combined"]
    return trained[(trained["accuracy_low"] <= 1 / classes) & (trained["accuracy"] < 1.5 / classes)]
