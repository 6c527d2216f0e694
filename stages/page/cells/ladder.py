"""The ladder, its ideas left out one by one, what rungs are made of, and all data sets side by
side."""

import pandas as pd

from stages.page.cells.view import (
    LOOKS,
    Cell,
    View,
    difference,
    head,
    interval_of,
    judged,
    p_value,
    verdict,
)
from stages.page.text import POINTS, capital, labelled, number, words
from stages.scoring.score import Score
from stages.study.comparisons import comparisons


def _score_column(score: Score) -> str:
    return f"{capital(labelled(score))} (95 % interval, n)"


def ladder(table: pd.DataFrame, ideas: dict[str, list[str]], budgets: dict[str, str], score: Score) -> View:
    """Every rung and ensemble of one data set, the sentences on new ideas below what changed."""
    unit = f" in {POINTS}" if score.percent else ""
    compared = [f"Difference{unit} (95 % interval)", "Verdict", "p, corrected", "What changed"]
    rows = [
        [judged(row, budgets), *_compared(row, ideas.get(row.rung, []), score)] for row in table[table["kind"] != "ablation"].itertuples()
    ]
    columns = ["Rung", _score_column(score), *compared]
    caption = "The rungs, each compared with the one before it"
    return View("ladder", caption, columns, rows, "ladder")


def _compared(row, ideas: list[str], score: Score) -> list[Cell]:
    against = f"against {words(row.compared_with)}" if row.kind == "combined" else ""
    return [
        interval_of(score, row),
        difference(score, row, against),
        verdict(row),
        p_value(row.p_corrected),
        Cell(words(row.changed), note=" ".join(ideas)),
    ]


def left_out(study: dict, table: pd.DataFrame, budgets: dict[str, str], score: Score) -> View:
    """Every rung that leaves one idea out, beside what the idea brought as a step of the ladder."""
    of = study["ablations"]["of"]
    compared, step_of = f"Difference from {words(of)}", "The same as a step of the ladder"
    columns = ["Rung", _score_column(score), compared, "Verdict", step_of, "What changed"]
    ladder_rows = {row.rung: row for row in table[table["kind"] == "trained"].itertuples()}
    rows = []
    for row in table[table["kind"] == "ablation"].itertuples():
        step = _step_of(study, row.rung)
        brought = Cell("–") if step is None else difference(score, ladder_rows[step], words(step))
        cells = [
            interval_of(score, row),
            difference(score, row),
            verdict(row),
            brought,
            Cell(words(row.changed)),
        ]
        rows.append([judged(row, budgets), *cells])
    return View("left-out", f"What {words(of)} loses without one of its ideas", columns, rows, "ladder")


def _step_of(study: dict, rung: str) -> str | None:
    """The step of the ladder that changed the very slots that an ablation changes."""
    techniques = study["techniques"]

    def differ(one: dict, other: dict) -> set[str]:
        return {slot for slot in one.keys() | other.keys() if one.get(slot) != other.get(slot)}

    wanted = differ(techniques[rung], techniques[study["ablations"]["of"]])
    steps = zip(study["ladder"], study["ladder"][1:], strict=False)
    found = [above for below, above in steps if differ(techniques[below], techniques[above]) == wanted]
    return found[-1] if found else None


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
    return View("attributes", "What each rung is made of", ["Rung", *map(words, slots)], rows, "attributes")


def side_by_side(study: dict, table: pd.DataFrame, score: Score) -> View:
    """Score and verdict of every rung on every data set."""
    rows = []
    for rung, *_ in comparisons(study):
        found = [table[(table["rung"] == rung) & (table["dataset"] == dataset)].iloc[0] for dataset in study["datasets"]]
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
