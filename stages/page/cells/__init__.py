"""The page's tables as a reader sees them: what stands in each cell, and what it is sorted by.
From the report's tables alone."""

from stages.page.cells.evidence import against_best, claims, diversity, folds, gaps, robustness
from stages.page.cells.expectations import expectations
from stages.page.cells.groups import groups
from stages.page.cells.inside import reasons
from stages.page.cells.ladder import attributes, best, ladder, side_by_side
from stages.page.cells.runs import cost, runs
from stages.page.cells.view import Cell, View

__all__ = [
    "Cell",
    "View",
    "against_best",
    "attributes",
    "best",
    "claims",
    "cost",
    "diversity",
    "expectations",
    "folds",
    "gaps",
    "groups",
    "ladder",
    "reasons",
    "robustness",
    "runs",
    "side_by_side",
]
