"""The groups of a study's comparisons, and trained rungs that stand in none."""

from collections.abc import Iterator

import pandas as pd

from stages.page.cells.ladder import LEARNED, difference_column, score_column
from stages.page.cells.view import (
    Cell,
    View,
    difference,
    idea,
    interval_of,
    judged,
    learned,
    p_values,
    verdict,
)
from stages.page.tables.groups import parts, rows
from stages.page.text import place_text, value_text, words
from stages.scoring.score import Score
from stages.study.schema import BESIDE, PREVIOUS


def groups(
    study: dict,
    ladder: pd.DataFrame,
    axes: pd.DataFrame,
    remarks: dict[str, str],
    score: Score,
) -> Iterator[View]:
    """A table for each group, `group-1`, `group-2`, …; and one, `apart`, of rungs of no group."""
    steps = {frozenset(pair) for pair in zip(study["ladder"], study["ladder"][1:], strict=False)}
    for number, group in enumerate(study["comparisons"], start=1):
        found = rows(ladder, group, axes)
        notes = [_note(row, group, steps) for row in found.itertuples()]
        yield _view(f"group-{number}", group["title"], found, parts(group), notes, remarks, score)
    apart = ladder[ladder["kind"] == "apart"]
    yield _view("apart", f"Trained, {BESIDE}", apart, {}, [""] * len(apart), remarks, score)


def _note(row, group: dict, steps: set[frozenset]) -> str:
    """What a difference is from, and whether the ladder has it, too."""
    if pd.isna(row.compared_with):
        return ""
    against = f"against {words(row.compared_with)}" if group["against"] == PREVIOUS else ""
    step = {row.rung, row.compared_with} in steps
    return ", ".join([*([against] if against else []), *(["a step of the ladder"] if step else [])])


def _view(
    name: str,
    title: str,
    table: pd.DataFrame,
    places: dict[str, str],
    notes: list[str],
    remarks: dict[str, str],
    score: Score,
) -> View:
    columns = ["Rung", *(place_text(place) for place in places.values()), LEARNED]
    columns += [
        score_column(score),
        difference_column(score),
        "Verdict",
        "p, corrected",
        "What changed",
    ]
    lines = [
        [
            judged(row, remarks),
            *(_place(getattr(row, part)) for part in places),
            learned(row),
            interval_of(score, row),
            difference(score, row, note),
            verdict(row),
            p_values(row),
            idea(row, looks="wide"),
        ]
        for row, note in zip(table.itertuples(), notes, strict=True)
    ]
    return View(name, title, columns, lines, "ladder")


def _place(value: object) -> Cell:
    return Cell(value_text(value), value if isinstance(value, int | float) else None)
