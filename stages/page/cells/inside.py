"""Whether what was measured inside networks tells those that learned from the others."""

import pandas as pd

from stages.page.cells.view import Cell, View, measured, p_value
from stages.page.inside import NAMES, shown
from stages.page.text import capital


def reasons(table: pd.DataFrame) -> View:
    """Each measurement that was tested."""
    tested = table.dropna(subset="p")
    columns = ["Measured", "At step", "Compared", "Median, learned", "Median, did not learn"]
    columns += ["Area under the ROC curve", "Exact p", "p, corrected", "Wrong by the best limit"]
    rows = [_reason(row) for row in tested.itertuples()]
    caption = "What was tested as a reason"
    return View("reasons", caption, columns, rows, "reasons")


def _reason(row) -> list[Cell]:
    counts = f"{row.learned:.0f} against {row.others:.0f}"
    of = row.learned + row.others
    return [
        Cell(capital(NAMES[row.measurement].removeprefix("the ")), looks="head"),
        Cell(str(row.step), row.step),
        Cell(row.how, note=counts),
        *(
            measured(value, lambda value: shown(row.measurement, value))
            for value in (row.median_learned, row.median_others)
        ),
        Cell(f"{row.area:.2f}", row.area),
        p_value(row.p),
        p_value(row.p_corrected),
        Cell(f"{row.wrong:.0f} of {of:.0f}", row.wrong),
    ]
