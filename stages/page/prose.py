"""What was found, in sentences."""

import pandas as pd

from stages.page.text import (
    capital,
    difference_text,
    join,
    number,
    quantity_text,
    score_text,
    words,
)
from stages.scoring.claims import NOT_COMPARABLE
from stages.scoring.findings import Compared, Findings
from stages.scoring.score import Score
from stages.scoring.verdicts import NONE

# Of the rungs of a group that have one verdict, so many are named.
NAMED = 6

LARGE = "Large, but not sure, because networks differ too much from start to start"


def headline(table: pd.DataFrame, found: Findings, score: Score) -> list[str]:
    """What one data set's ladder shows: the best rung, where nothing is learned, the largest
    step, and what did harm."""
    of_groups = table["kind"].isin(["beside", "apart"])
    parts = table[of_groups], table[~of_groups]
    rows = {row.rung: row for part in parts for row in part.itertuples()}
    sentences = [
        sentence for part in (_best, _learned, _steps) for sentence in part(rows, found, score)
    ]
    return sentences + _groups(table, found, score)


def _best(rows: dict, found: Findings, score: Score) -> list[str]:
    name = words(score.name)
    sentence = (
        f"The best rung is {words(found.best)}: test {name} {score_text(score, rows[found.best])}."
    )
    if found.best_alone is not None:
        alone = rows[found.best_alone]
        sentence += " That is an ensemble; the best technique by itself is "
        sentence += f"{words(alone.rung)}, {score_text(score, alone)}."
    return [sentence]


def _learned(rows: dict, found: Findings, score: Score) -> list[str]:
    sentences = []
    if found.at_chance:
        level = number(score, rows[found.at_chance[0]].chance).removesuffix(".0") + (
            " %" if score.percent else ""
        )
        sentences.append(
            f"On average at chance level ({level}), as far as can be told: {join(found.at_chance)}."
        )
    if found.unsteady:
        listed = join([f"{rung}, {score_text(score, rows[rung])}" for rung in found.unsteady])
        sentences.append(f"Learns from some random starts and not from others: {listed}.")
    return sentences


def _steps(rows: dict, found: Findings, score: Score) -> list[str]:
    sentences = []
    if found.step is not None:
        row = rows[found.step]
        change = "" if row.changed.count("; ") > 1 else f" ({words(row.changed)})"
        step = f"{words(row.rung)}: {difference_text(score, row)}"
        step += f" against {words(row.compared_with)}{change}"
        regained = {None: "", "all": "it", "a part": "a part of it"}[found.regains]
        follows = (
            f" It follows a step for the worse, and makes up for {regained}." if regained else ""
        )
        sentences.append(f"The largest improvement that is sure is {step}.{follows}")
    return sentences + _listed(
        rows,
        score,
        {
            "Better than the rung before, too": found.better,
            "Worse than the rung before, here": found.worse,
            LARGE: found.large,
            "No evidence of a difference from the rung before": found.unclear,
        },
        without_numbers=found.unclear,
    )


def _groups(table: pd.DataFrame, found: Findings, score: Score) -> list[str]:
    beside = table[table["kind"] == "beside"]
    return [_group(beside[beside["group"] == group.title], group, score) for group in found.groups]


def _group(table: pd.DataFrame, group: Compared, score: Score) -> str:
    """`Without one idea, against final: worse: a (−3.1 percentage points, …) and 4 more; …`."""
    rows = {row.rung: row for row in table.itertuples()}
    lists = {"better": group.better, "worse": group.worse, NONE: group.unclear}
    texts = {
        said: [
            words(rung) if said == NONE else f"{words(rung)} ({difference_text(score, rows[rung])})"
            for rung in rungs[:NAMED]
        ]
        + ([f"{len(rungs) - NAMED} more"] if len(rungs) > NAMED else [])
        for said, rungs in lists.items()
    }
    against = (
        "each against the one before it"
        if group.against is None
        else f"against {words(group.against)}"
    )
    parts = "; ".join(f"{said}: {join(names)}" for said, names in texts.items() if names)
    return f"{group.title}, {against}: {parts}."


def _listed(
    rows: dict, score: Score, lists: dict[str, list[str]], without_numbers: list[str]
) -> list[str]:
    """A sentence per list that has any rung: its rungs, with their differences."""

    def text(rung: str) -> str:
        return rung if rung in without_numbers else f"{rung} ({difference_text(score, rows[rung])})"

    return [f"{capital(said)}: {join(map(text, rungs))}." for said, rungs in lists.items() if rungs]


def told(claims: pd.DataFrame) -> list[str]:
    """What became of the decks' claims on one data set: those that can be compared one by one,
    the others by their number."""
    sentences = []
    for row in claims[claims["verdict"] != NOT_COMPARABLE].itertuples():
        claimed = f"Deck {row.deck} on {words(row.rung)}, {words(row.quantity)}"
        sentences.append(
            f"{claimed}: claimed {row.claimed}, measured {quantity_text(row)}: {row.verdict}."
        )
    others = int((claims["verdict"] == NOT_COMPARABLE).sum())
    if others:
        which = "The other" if others < len(claims) else "The" if others == 1 else "All"
        claims_of = "claim of the decks" if others == 1 else f"{others} claims of the decks"
        sentences.append(
            f"{which} {claims_of} can't be compared with what was run here: "
            "data, budget or settings differ."
        )
    return sentences
