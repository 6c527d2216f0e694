"""A lesson as the page shows it: its words, its tables cell by cell, its figures; and its files."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import getdoc
from pathlib import Path

import numpy as np
import pandas as pd

from stages import files, lessons
from stages.page.cells import Cell, View
from stages.page.lessons.drawn import Drawn
from stages.page.text import capital, words

# What the files and the parts of a page that are a lesson's are called: lesson-{name}-{table}.
PREFIX = "lesson"


@dataclass(frozen=True)
class Shown:
    """One lesson: its name, what heads it, paragraphs, what is read of it, what is drawn, and all
    of its tables by name."""

    name: str
    title: str
    paragraphs: list[str]
    views: list[tuple[str, View]]
    drawn: list[Drawn]
    numbers: dict[str, pd.DataFrame]


def shown(names: Iterable[str]) -> list[Shown]:
    """The lessons of these names, worked out, in that order."""
    return [_shown(name) for name in names]


def embedded(of: Iterable[Shown]) -> dict[str, str]:
    """The tables of lessons as CSV, by the names of their files."""
    return {
        f"{PREFIX}-{lesson.name}-{table}": numbers.to_csv(
            index=False, lineterminator="\n", float_format="%.6g"
        )
        for lesson in of
        for table, numbers in lesson.numbers.items()
    }


def write(of: Iterable[Shown], tables: Path, drawings: Path) -> dict[str, str]:
    """Write what lessons have into the folders of tables (CSV) and figures (SVG); return the
    figures by name."""
    for name, text in embedded(of).items():
        files.write(tables / f"{name}.csv", text)
    made = {
        f"{PREFIX}-{lesson.name}-{drawn.name}": drawn.svg for lesson in of for drawn in lesson.drawn
    }
    for name, figure in made.items():
        files.write(drawings / f"{name}.svg", figure)
    return made


def _shown(name: str) -> Shown:
    lesson = lessons.load(name)
    worked = lesson.tables()
    numbers = {table: each.numbers for table, each in worked.items()}
    read = [
        (each.says, view(f"{name}-{table}", each.numbers))
        for table, each in worked.items()
        if not each.drawn
    ]
    paragraphs = [" ".join(part.split()) for part in getdoc(lesson).split("\n\n")]
    return Shown(name, lesson.TITLE, paragraphs, read, _drawn(name, numbers), numbers)


def _drawn(name: str, numbers: dict[str, pd.DataFrame]) -> list[Drawn]:
    module = f"stages.page.lessons.{name}"
    return list(importlib.import_module(module).figures(numbers)) if find_spec(module) else []


def view(name: str, numbers: pd.DataFrame) -> View:
    """A lesson's table as a reader sees it."""
    columns = [head(column) for column in numbers.columns]
    rows = [
        [Cell(cell(first), looks="head"), *(_cell(value) for value in rest)]
        for first, *rest in numbers.itertuples(index=False)
    ]
    return View(name, capital(words(name.replace("-", ": "))), columns, rows, name)


def head(column: str) -> str:
    """What stands above a column: a formula as it is, words with a capital letter."""
    said = words(column)
    is_word = len(said) > 2 and said[:3].isalpha() and "(" not in said
    return capital(said) if is_word else said


def _cell(value: object) -> Cell:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return Cell(cell(value), float(value) if is_number and not pd.isna(value) else None)


def cell(value: object) -> str:
    """A value of a lesson's table as text: whole numbers in full, others to five digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if pd.isna(value):
        return "–"
    whole = isinstance(value, int | np.integer)
    return (f"{value:,}" if whole else f"{value:.5g}").replace("-", "−")
