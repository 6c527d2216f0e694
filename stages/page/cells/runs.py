"""What each run cost, and where it comes from."""

import pandas as pd

from stages.page.cells.view import Cell, View, head, value_of
from stages.page.text import capital, words
from stages.scoring.score import Score


def cost(table: pd.DataFrame, ladder: pd.DataFrame, score: Score) -> View:
    """What every trained rung took."""
    took = ["Seconds a network", "Images a second", "Multiply-accumulates"]
    columns = ["No.", "Rung", capital(words(score.name)), *took, "Parameters", "Memory, MiB"]
    parameters = ladder.drop_duplicates("rung").set_index("rung")["trainable_parameters"]
    rows = [_cost(row, int(parameters[row.rung]), score) for row in table.itertuples()]
    return View("cost", "What each rung cost", columns, rows, "cost")


def _cost(row, parameters: int, score: Score) -> list[Cell]:
    return [
        Cell(str(row.number), row.number),
        head(row.rung),
        value_of(score, getattr(row, score.name)),
        Cell(f"{row.seconds_per_member:.1f}", row.seconds_per_member),
        Cell(f"{row.images_per_second:,.0f}", row.images_per_second),
        Cell(f"{row.multiply_accumulates:,}", row.multiply_accumulates),
        Cell(f"{parameters:,}", parameters),
        Cell(f"{row.peak_memory_mib:,.0f}", row.peak_memory_mib),
    ]


def runs(table: pd.DataFrame, recipes: dict[str, str]) -> View:
    """Where each run comes from; `recipes` are the SHA-256 of theirs."""
    made = ["Commit", "Trained until (UTC)", "On", "Seconds, all networks"]
    rows = [_run(row, recipes[row.rung]) for row in table.itertuples()]
    columns = ["Rung", "Recipe (SHA-256)", *made]
    return View("runs", "Where each run comes from", columns, rows, "cost")


def _run(row, recipe: str) -> list[Cell]:
    return [
        head(row.rung),
        Cell(recipe[:12]),
        Cell("not a commit" if pd.isna(row.commit) else str(row.commit)[:12]),
        Cell(row.ended.replace("+00:00", "").replace("T", " ")),
        Cell(f"{row.host}, {row.device}"),
        Cell(f"{row.seconds:.1f}", row.seconds),
    ]
