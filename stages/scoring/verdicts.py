"""What counts as a difference, as chance level, as unsteady: one decision for each row of the
ladder's table."""

import pandas as pd

from stages.scoring.score import Score

ALPHA = 0.05
# A mean score that is half as good again as chance level is above it, however wide its interval.
ABOVE_CHANCE = 1.5

# Of a row without a difference, by its kind.
FIRST, REFERENCE, APART = "the first rung", "the reference", "compared with none"
OF_KIND = {"beside": REFERENCE, "apart": APART}
ALONE, NONE = "one network: no verdict", "no evidence of a difference"
BETTER, WORSE = "better", "worse"


def verdict(row, score: Score) -> str:
    """What a rung's difference says, once it is known how many have been looked at."""
    if pd.isna(row.difference):
        return OF_KIND.get(row.kind, FIRST)
    if pd.isna(row.p_corrected):
        return ALONE
    if row.p_corrected > ALPHA:
        return NONE
    return BETTER if score.sign * row.difference > 0 else WORSE


def at_chance(table: pd.DataFrame, score: Score) -> pd.DataFrame:
    """The trained rungs that have learned nothing: at chance level, as far as can be told."""
    near = _near_chance(table, score)
    return near[~_above_chance(near, score)]


def unsteady(table: pd.DataFrame, score: Score) -> pd.DataFrame:
    """The trained rungs above chance level whose interval reaches it: some networks learn,
    others do not."""
    near = _near_chance(table, score)
    return near[_above_chance(near, score)]


def _near_chance(table: pd.DataFrame, score: Score) -> pd.DataFrame:
    """The trained rungs whose interval reaches chance level; none where the task knows no such
    level."""
    trained = table[table["kind"] != "combined"]
    return trained[score.sign * (score.worst_bound(trained) - trained["chance"]) <= 0]


def share_learned(members: pd.Series, chance: float, score: Score) -> float | None:
    """The share of networks, by the score of each, that are above chance level (ABOVE_CHANCE);
    None where the task knows no such level (NaN)."""
    if pd.isna(chance):
        return None
    above = _above_chance(pd.DataFrame({score.name: members, "chance": chance}), score)
    return float(above.mean())


def _above_chance(table: pd.DataFrame, score: Score) -> pd.Series:
    return score.sign * (table[score.name] - table["chance"] * ABOVE_CHANCE**score.sign) >= 0
