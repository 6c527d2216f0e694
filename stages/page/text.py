"""Names and numbers as a reader reads them."""

import re

import numpy as np
import pandas as pd

from stages.scoring.score import Score

POINTS = "percentage points"
# Words that are written otherwise than names may be.
ABBREVIATIONS = {"iou": "IoU", "psnr": "PSNR", "ssim": "SSIM"}
ABBREVIATED = re.compile(rf"\b({'|'.join(ABBREVIATIONS)})\b")
MOST_TIMES = 1_000_000_000


def words(name: str) -> str:
    """A rung's name, or a score's, as a reader reads it."""
    return ABBREVIATED.sub(lambda found: ABBREVIATIONS[found[0]], name.replace("_", " "))


def named(row) -> str:
    """What a chart calls a rung: the idea as the study says it, or else the rung's name."""
    return words(row.rung) if row.label == row.changed else row.label


def join(names) -> str:
    """`a`, `a and b`, `a, b and c`, as a reader reads names."""
    names = [words(name) for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def capital(text: str) -> str:
    """A text with its first letter as at the start of a sentence."""
    return text[:1].upper() + text[1:]


def number(score: Score, value: float) -> str:
    """A score's value without its unit: `91.2`, `−0.049`."""
    return f"{score.factor * value:.{score.digits}f}".replace("-", "−")


def shown(score: Score, value: float) -> str:
    """A score's value with its unit: `91.2 %`."""
    unit = "%" if score.percent else score.unit
    return number(score, value) + (f" {unit}" if unit else "")


def labelled(score: Score) -> str:
    """What a score is called where its unit has to be said: `accuracy in %`."""
    unit = "%" if score.percent else score.unit
    return words(score.name) + (f" in {unit}" if unit else "")


def in_unit(score: Score) -> str:
    """What stands behind the name of a difference of scores: ` in percentage points`."""
    unit = POINTS if score.percent else score.unit
    return f" in {unit}" if unit else ""


def score_text(score: Score, row) -> str:
    """`91.2 % (90.1 to 92.3, n = 5)`, of an ensemble `one ensemble` in place of n."""
    count = "one ensemble" if row.kind == "combined" else f"n = {row.members}"
    mean, low, high = (getattr(row, f"{score.name}{part}") for part in ("", "_low", "_high"))
    return f"{shown(score, mean)} ({number(score, low)} to {number(score, high)}, {count})"


def signed(score: Score, difference: float) -> str:
    """A difference of scores with its sign, shares in percentage points: `+3.1`, `−0.5`."""
    return f"{score.factor * difference:+.{score.digits}f}".replace("-", "−")


def interval(score: Score, row) -> str:
    """`+3.1 (+1.0 to +5.2)`, or without an interval where there is none."""
    return _difference(score, row, "")


def difference_text(score: Score, row) -> str:
    """`+3.1 percentage points (+1.0 to +5.2)`, or without an interval where there is none."""
    unit = POINTS if score.percent else score.unit
    return _difference(score, row, f" {unit}" if unit else "")


def _difference(score: Score, row, unit: str) -> str:
    text = signed(score, row.difference) + unit
    if pd.isna(row.difference_low):
        return text
    low, high = signed(score, row.difference_low), signed(score, row.difference_high)
    return f"{text} ({low} to {high})"


def quantity_text(row) -> str:
    """What a row of the claims' table measured, and where one network more would lie: `0.69 (a
    further network: 0.68 to 0.7; n = 5)`."""
    if row.members == 0:
        return "–"
    if "parameters" in row.quantity:
        return f"{row.measured:,.0f}"
    interval = (
        ""
        if pd.isna(row.next_low)
        else f"a further network: {row.next_low:.4g} to {row.next_high:.4g}; "
    )
    return f"{row.measured:.4g} ({interval}n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{row.members})"


def times(ratio: float) -> str:
    """`2,000,000 times`, to one digit; none beyond a billion, where digits say nothing."""
    if ratio > MOST_TIMES:
        return f"more than {MOST_TIMES:,} times"
    return f"{float(f'{ratio:.1g}'):,.0f} times"


def times_smaller(share: float) -> str:
    """`200,000,000 times smaller`."""
    return f"{times(1 / share)} smaller" if share > 0 else "infinitely smaller"


def place_text(place: str) -> str:
    """A `slot.option` as a reader reads it: `optimizer: learning rate`."""
    return words(place.replace(".", ": "))


def value_text(value: object) -> str:
    """The value of an option; nothing where there is none."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else words(str(value))


def percent(share: float) -> str:
    """A share in whole percents: `90 %`."""
    return f"{100 * share:.0f} %"
