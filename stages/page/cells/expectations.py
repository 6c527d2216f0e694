"""What the study predicted, beside what came out."""

import pandas as pd

from stages.page.cells.view import LOOKS, Cell, View
from stages.page.expectations import evidence, measured, said


def expectations(study: dict, table: pd.DataFrame, dataset: str) -> View:
    """A row for each prediction on one data set."""
    columns = ["Prediction", "Outcome", "Measured (95 % interval, n)", "Why it was expected"]
    rows = [
        [
            Cell(said(row), looks="head"),
            Cell(row.outcome, looks=LOOKS.get(row.outcome, "")),
            Cell(measured(row)),
            Cell("" if pd.isna(row.because) else row.because),
            _link(study, row, dataset),
        ]
        for row in table.itertuples()
    ]
    return View("expectations", "Predictions", [*columns, "Evidence"], rows, "expectations")


def _link(study: dict, row, dataset: str) -> Cell:
    place, called = evidence(study, row)
    return Cell(called, link=f"{dataset}-{place}")
