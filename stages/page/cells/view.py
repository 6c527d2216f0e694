"""What a table of the page is made of, and the cells that many tables share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from stages.page.text import interval, learned_text, p_text, percent, score_text, shown, words
from stages.scoring.claim_verdicts import NOT_REPRODUCED, REPRODUCED
from stages.scoring.expectations import HELD, NOT_HELD
from stages.scoring.score import Score
from stages.scoring.verdicts import BETTER, MARKS, WORSE

# What a verdict looks like.
LOOKS = {
    **dict.fromkeys((BETTER, REPRODUCED, HELD), "better"),
    **dict.fromkeys((WORSE, NOT_REPRODUCED, NOT_HELD), "worse"),
}


@dataclass(frozen=True)
class Cell:
    """Text, what it is sorted by where that is a number, a remark below it, a warning beside it,
    its looks, and the place of the page that it leads to."""

    text: str
    value: float | None = None
    note: str = ""
    flag: str = ""
    looks: str = ""
    link: str = ""


@dataclass(frozen=True)
class View:
    """A table of the page: a name of its own, what it is called, its columns, its rows, whose
    first cells head them, and the table of `tables/` that it follows from."""

    name: str
    caption: str
    columns: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    data: str = ""

    def numeric(self, column: int) -> bool:
        """Whether a column is sorted by numbers."""
        return any(row[column].value is not None for row in self.rows)


def head(rung: str, flag: str = "") -> Cell:
    """The first cell of a rung's row."""
    return Cell(words(rung), flag=flag, looks="head")


def judged(row, remarks: dict[str, str]) -> Cell:
    """The first cell of a rung's row, with what sets its numbers apart: the study's `remarks`, and
    members that diverged."""
    flags = [remarks[row.rung]] if row.rung in remarks else []
    if row.diverged_members:
        flags.append(f"{row.diverged_members} of {row.members} diverged")
    return head(row.rung, ", ".join(flags))


def interval_of(score: Score, row) -> Cell:
    """A rung's score with its interval."""
    return Cell(score_text(score, row), getattr(row, score.name))


def value_of(score: Score, value: float, note: str = "") -> Cell:
    """A score as it is."""
    return Cell(shown(score, value), float(value), note)


def learned(row) -> Cell:
    """How many of a rung's members learned, and the interval of that share; of an ensemble,
    nothing."""
    if row.kind == "combined":
        return Cell("")
    ends = f"{percent(row.learned_low)} to {percent(row.learned_high)}".replace(" % to", " to")
    return Cell(f"{row.learned_members} of {row.members}", row.learned_members / row.members, ends)


def difference(score: Score, row, note: str = "") -> Cell:
    """A rung's difference from the one that it is compared with, and its interval; and that of the
    shares that learned, where not all have."""
    shares = "" if row.kind == "combined" else learned_text(row)
    if pd.isna(row.difference):
        return Cell(shares, note=note)
    return Cell(interval(score, row), row.difference, ", ".join(filter(None, [shares, note])))


def idea(row, notes: Iterable[str] = (), looks: str = "") -> Cell:
    """What a rung changes: the idea as the study says it, above what that means; or that alone."""
    if row.label == row.changed:
        return Cell(words(row.changed), note=" ".join(notes), looks=looks)
    sentences = " ".join(notes)
    note = f"{words(row.changed)}. {sentences}" if sentences else words(row.changed)
    return Cell(row.label, note=note, looks=looks)


def verdict(row) -> Cell:
    """A verdict with its mark, in its colour."""
    text = f"{MARKS[row.verdict]} {row.verdict}" if row.verdict in MARKS else row.verdict
    return Cell(text, looks=LOOKS.get(row.verdict, ""))


def p_value(p: float) -> Cell:
    """A p value; none where there is none."""
    return Cell("") if pd.isna(p) else Cell(p_text(p), p)


def p_values(row) -> Cell:
    """The corrected p values of a row: of the score, and of the shares that learned."""
    of_score, of_share = row.p_corrected, row.learned_p_corrected
    if pd.isna(of_share):
        return p_value(of_score)
    share = f"{p_text(of_share)} for the share that learned"
    return Cell(share, of_share) if pd.isna(of_score) else Cell(p_text(of_score), of_score, share)


def measured(value: float | None, text: Callable[[float], str]) -> Cell:
    """A number as `text` puts it, or a dash where there is none."""
    return Cell("–") if pd.isna(value) else Cell(text(value), float(value))
