"""What is computed and shown, not trained: worked examples of what the decks print, one module
each.

A study names a lesson by its module. The module's docstring explains it, a paragraph of the page
each; TITLE heads it; `tables()` works it out, the same every time: numpy alone, so that a test can
hold it against torch. How a lesson is drawn stands in stages/page/lessons/.
"""

import importlib
from dataclasses import dataclass
from types import ModuleType

import pandas as pd

__all__ = ["Table", "load"]


@dataclass(frozen=True)
class Table:
    """What has been worked out: the numbers, a sentence on what they show, and whether they are
    `drawn`, for a figure and too many to be read."""

    says: str
    numbers: pd.DataFrame
    drawn: bool = False


def load(name: str) -> ModuleType:
    """The lesson of that name."""
    return importlib.import_module(f"stages.lessons.{name}")
