"""The tables that classification alone has, as a reader sees them."""

import pandas as pd

from stages.page.cells.view import Cell, View, head, measured
from stages.page.text import POINTS


def per_class(table: pd.DataFrame) -> View:
    """Recall and precision of each class, for one rung."""
    rows = [
        [
            Cell(str(row["class"]), looks="head"),
            Cell(str(row["images"]), row["images"]),
            _percent(row["recall"]),
            _percent(row["precision"]),
        ]
        for row in table.to_dict("records")
    ]
    return View(
        "per-class",
        "Recall and precision by class",
        ["Class", "Images", "Recall", "Precision"],
        rows,
        "per_class",
    )


def calibration(table: pd.DataFrame) -> View:
    """How far confidence and accuracy lie apart, for every rung."""
    rows = [
        [
            head(row.rung),
            _percent(row.accuracy),
            measured(row.calibration_error, lambda v: f"{100 * v:.1f}"),
            measured(row.loss, lambda v: f"{v:.3f}"),
        ]
        for row in table.drop_duplicates("rung").itertuples()
    ]
    columns = [
        "Rung",
        "Accuracy",
        f"Expected calibration error in {POINTS}",
        "Loss (cross-entropy)",
    ]
    return View("calibration", "Confidence", columns, rows, "ladder")


def _percent(share: float) -> Cell:
    return measured(share, lambda value: f"{100 * value:.1f} %")
