"""The page's tables as a reader sees them: what stands in each cell, and what it is sorted by.
From the report's tables alone."""

from stages.page.cells.evidence import against_best, claims, robustness
from stages.page.cells.ladder import attributes, ladder, left_out, side_by_side
from stages.page.cells.runs import cost, runs
from stages.page.cells.view import Cell, View

__all__ = [
    "Cell",
    "View",
    "against_best",
    "attributes",
    "claims",
    "cost",
    "ladder",
    "left_out",
    "robustness",
    "runs",
    "side_by_side",
]
