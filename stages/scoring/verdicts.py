"""What counts as a difference: one decision for each row of the ladder's table."""

import pandas as pd

from stages.scoring.learning import share_difference
from stages.scoring.score import Score

ALPHA = 0.05

# Of a row without a difference, by its kind.
FIRST, REFERENCE, APART = "the first rung", "the reference", "compared with none"
OF_KIND = {"beside": REFERENCE, "apart": APART}
ALONE, NONE = "one network: no verdict", "can't tell"
BETTER, WORSE, MIXED = "better", "worse", "better and worse"
# So that colours don't stand alone.
MARKS = {BETTER: "▲", WORSE: "▼", MIXED: "▲▼", NONE: "○"}


def verdict(row, score: Score) -> str:
    """What a rung's differences say, of the share that learned and of the score of those that did,
    once it is known how many have been looked at."""
    if pd.isna(row.compared_with):
        return OF_KIND.get(row.kind, FIRST)
    if pd.isna(row.p_corrected) and pd.isna(row.learned_p_corrected):
        return NONE if row.kind == "combined" else ALONE
    found = {better > 0 for better in (_of_score(row, score), _of_share(row)) if better}
    if not found:
        return NONE
    return MIXED if len(found) > 1 else BETTER if True in found else WORSE


def by_share(row) -> bool:
    """Whether a row's verdict is about the share that learned."""
    return _of_share(row) != 0


def gain(row, score: Score) -> float:
    """By how much a rung is better, to rank it by: in the share that learned, where that is what
    is sure, else in the score of those that did."""
    if by_share(row) or pd.isna(row.difference):
        return row.learned_difference
    return score.sign * row.difference


def _of_score(row, score: Score) -> float:
    return score.sign * row.difference if _sure(row.p_corrected) else 0.0


def _of_share(row) -> float:
    return row.learned_difference if _sure(row.learned_p_corrected) else 0.0


def _sure(p: float | None) -> bool:
    return not pd.isna(p) and p <= ALPHA


def too_few(table: pd.DataFrame) -> bool:
    """Whether some networks failed, but even all against none could not be told apart, after the
    correction for as many comparisons as `table` has."""
    shares = table[table["learned_p"].notna()]
    if shares.empty:
        return False
    members = int(shares["members"].min())
    least = share_difference((members, members), (0, members))
    return bool(least * table[["p", "learned_p"]].notna().to_numpy().sum() > ALPHA)


def at_chance(table: pd.DataFrame) -> pd.DataFrame:
    """The trained rungs of which no member has learned."""
    return table[(table["kind"] != "combined") & (table["learned_members"] == 0)]


def unsteady(table: pd.DataFrame) -> pd.DataFrame:
    """The trained rungs of which some members have learned, and others have not."""
    some = table["learned_members"].between(0, table["members"], inclusive="neither")
    return table[(table["kind"] != "combined") & some]
