"""The report's figures, from its tables."""

from stages.page.figures.cost import cost, ensemble
from stages.page.figures.curves import curves, rates
from stages.page.figures.groups import heat, line
from stages.page.figures.inside import constant_units, gradients, histograms, updates
from stages.page.figures.ladder import ladder, ladder_narrow
from stages.page.figures.robustness import robustness
from stages.page.figures.style import svg

__all__ = [
    "constant_units",
    "cost",
    "curves",
    "ensemble",
    "gradients",
    "heat",
    "histograms",
    "ladder",
    "ladder_narrow",
    "line",
    "rates",
    "robustness",
    "svg",
    "updates",
]
