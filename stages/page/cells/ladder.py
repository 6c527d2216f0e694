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
    learned,
    p_values,
    verdict,
)
from stages.page.text import capital, in_unit, labelled, number, words
from stages.scoring.score import Score
from stages.study.comparisons import comparisons
from stages.study.local import on

LEARNED = "Learned (95 % interval)"


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
    columns = ["Rung", LEARNED, score_column(score), *compared]
    caption = "The rungs, each compared with the one before it"
    return View("ladder", caption, columns, rows, "ladder")


def _compared(row, ideas: list[str], score: Score) -> list[Cell]:
    against = f"against {words(row.compared_with)}" if row.kind == "combined" else ""
    return [
        learned(row),
        interval_of(score, row),
        difference(score, row, against),
        verdict(row),
        p_values(row),
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
    local = [on(study, dataset) for dataset in study["datasets"]]
    for rung in dict.fromkeys(rung for here in local for rung, *_ in comparisons(here)):
        found = [
            table[(table["rung"] == rung) & (table["dataset"] == dataset)]
            for dataset in study["datasets"]
        ]
        rows.append([head(rung), *(_judged(part, score) for part in found)])
    columns = ["Rung", *(f"{words(dataset)}, {labelled(score)}" for dataset in study["datasets"])]
    return View("side-by-side", "All data sets", columns, rows, "ladder")


def _judged(rows: pd.DataFrame, score: Score) -> Cell:
    """Score and verdict of the first of a rung's rows; a dash where it is not trained."""
    if rows.empty:
        return Cell("–")
    row = rows.iloc[0]
    value, looks = row[score.name], LOOKS.get(row.verdict, "")
    return Cell(number(score, value), value, row.verdict, looks=looks)


def best(table: pd.DataFrame, ladder: pd.DataFrame, score: Score) -> View:
    """The best trained rung of each data set, and what the test images say of the choice."""
    reached = {(row.dataset, row.rung): row for row in ladder.itertuples()}
    rows = [
        [
            head(row.dataset),
            Cell(words(row.rung), note=f"by {row.chosen_by} images, of {row.rungs}"),
            interval_of(score, reached[row.dataset, row.rung]),
            Cell(_names(row.alike)),
            Cell(_names(row.ahead)),
        ]
        for row in table[table["rungs"] > 1].itertuples()
    ]
    columns = ["Data set", "Best rung", score_column(score), "Can't be told from it", "Better"]
    return View("best", "The best rung of each data set", columns, rows, "best")


def _names(text: str | float) -> str:
    return "–" if pd.isna(text) else words(text.replace(" ", ", "))
