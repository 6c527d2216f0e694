"""The ladder, what rungs are made of, and all data sets side by side."""

import pandas as pd

from stages.page.cells.view import (
    LOOKS,
    Cell,
    View,
    difference,
    head,
    idea,
    interval_of,
    judged,
    p_value,
    verdict,
)
from stages.page.text import capital, in_unit, labelled, number, words
from stages.scoring.score import Score
from stages.study.comparisons import comparisons


def score_column(score: Score) -> str:
    """The head of the column of scores."""
    return f"{capital(labelled(score))} (95 % interval, n)"


def difference_column(score: Score) -> str:
    """The head of the column of differences."""
    return f"Difference{in_unit(score)} (95 % interval)"


def ladder(
    table: pd.DataFrame, ideas: dict[str, list[str]], remarks: dict[str, str], score: Score
) -> View:
    """Every rung and ensemble of one data set, the sentences on new ideas below what changed."""
    compared = [difference_column(score), "Verdict", "p, corrected", "What changed"]
    rows = [
        [judged(row, remarks), *_compared(row, ideas.get(row.rung, []), score)]
        for row in table[table["kind"].isin(["trained", "combined"])].itertuples()
    ]
    columns = ["Rung", score_column(score), *compared]
    caption = "The rungs, each compared with the one before it"
    return View("ladder", caption, columns, rows, "ladder")


def _compared(row, ideas: list[str], score: Score) -> list[Cell]:
    against = f"against {words(row.compared_with)}" if row.kind == "combined" else ""
    return [
        interval_of(score, row),
        difference(score, row, against),
        verdict(row),
        p_value(row.p_corrected),
        idea(row, ideas),
    ]


def attributes(table: pd.DataFrame) -> View:
    """Which slot is on in which trained rung."""
    slots = [column for column in table.columns if column not in ("dataset", "rung")]
    rows = [
        [
            head(row["rung"]),
            *(Cell("–" if pd.isna(row[slot]) else words(row[slot])) for slot in slots),
        ]
        for row in table.to_dict("records")
    ]
    return View(
        "attributes", "What each rung is made of", ["Rung", *map(words, slots)], rows, "attributes"
    )


def side_by_side(study: dict, table: pd.DataFrame, score: Score) -> View:
    """Score and verdict of every rung on every data set."""
    rows = []
    for rung in dict.fromkeys(rung for rung, *_ in comparisons(study)):
        found = [
            table[(table["rung"] == rung) & (table["dataset"] == dataset)].iloc[0]
            for dataset in study["datasets"]
        ]
        cells = [
            Cell(
                number(score, row[score.name]),
                row[score.name],
                row.verdict,
                looks=LOOKS.get(row.verdict, ""),
            )
            for row in found
        ]
        rows.append([head(rung), *cells])
    columns = ["Rung", *(f"{words(dataset)}, {labelled(score)}" for dataset in study["datasets"])]
    return View("side-by-side", "All data sets", columns, rows, "ladder")
