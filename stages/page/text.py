"""Names and numbers as a reader reads them."""

import re

import numpy as np
import pandas as pd

from stages.scoring.score import Score

POINTS = "percentage points"
# Words that are written otherwise than names may be.
ABBREVIATIONS = {"iou": "IoU", "psnr": "PSNR", "ssim": "SSIM"}
ABBREVIATED = re.compile(rf"\b({'|'.join(ABBREVIATIONS)})\b")
# Names that charts write as people do.
SHORT_FOR = {"relu": "ReLU", "sgd": "SGD", "adam": "Adam", "l1": "L1", "l2": "L2", "mlp": "MLP"}
SHORT = re.compile(rf"\b({'|'.join(SHORT_FOR)})\b")
WITHOUT_OPTIONS = re.compile(r" \([^()]*\)")
MOST_TIMES = 1_000_000_000


def words(name: str) -> str:
    """A rung's name, or a score's, as a reader reads it."""
    return ABBREVIATED.sub(lambda found: ABBREVIATIONS[found[0]], name.replace("_", " "))


def idea(row) -> str:
    """What a rung changes, in a few words: as the study says it, or else `+ dropout`, `SGD → Adam`,
    `blocks 3 → 5`; the rung's name, where it changes much or is compared with none."""
    if row.label != row.changed:
        return row.label
    if pd.isna(row.compared_with) or row.kind == "combined" or "; " in row.changed:
        return _capitals(words(row.rung))
    slot, _, what = row.changed.partition(": ")
    what = WITHOUT_OPTIONS.sub("", what)
    if what.startswith("no "):
        # A kind that is called standard says nothing without its slot.
        return _capitals(words(what.replace("standard", slot)))
    if "→" not in what:
        return f"+ {_capitals(words(row.rung))}"
    return _capitals(words(what.partition(", ")[2] or what))


def _capitals(text: str) -> str:
    return SHORT.sub(lambda found: SHORT_FOR[found[0]], text)


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
    """`91.2 % (90.1 to 92.3, n = 5)`, of an ensemble `one ensemble` in place of n; of a rung of
    which not all members learned, of which members it is."""
    mean, low, high = (getattr(row, f"{score.name}{part}") for part in ("", "_low", "_high"))
    return f"{shown(score, mean)} ({number(score, low)} to {number(score, high)}, {_members(row)})"


def _members(row) -> str:
    if row.kind == "combined":
        return "one ensemble"
    if row.learned_members == row.members:
        return f"n = {row.members}"
    if row.learned_members == 0:
        return f"n = {row.members}, none learned"
    return f"n = {row.learned_members} of {row.members}, which learned"


def signed(score: Score, difference: float) -> str:
    """A difference of scores with its sign, shares in percentage points: `+3.1`, `−0.5`."""
    return f"{score.factor * difference:+.{score.digits}f}".replace("-", "−")


def interval(score: Score, row) -> str:
    """`+3.1 (+1.0 to +5.2)`, or without an interval where there is none."""
    return _difference(score, row, "")


def difference_text(score: Score, row) -> str:
    """`+3.1 percentage points (+1.0 to +5.2)`, or without an interval where there is none; and how
    many learned, where that differs: `5 of 5 learned instead of 0 of 5`."""
    unit = POINTS if score.percent else score.unit
    texts = [learned_text(row)] if abs(row.learned_difference) > 0 else []
    if not pd.isna(row.difference):
        texts.append(_difference(score, row, f" {unit}" if unit else ""))
    return "; of those that learned ".join(texts)


def learned_text(row) -> str:
    """`5 of 5 learned instead of 0 of 5`; nothing where all have, in both rungs."""
    all_have = row.learned_members == row.members and not row.learned_difference
    if all_have or pd.isna(row.learned_difference):
        return ""
    counts = f"{row.learned_members} of {row.members} learned"
    if not row.learned_difference:
        return f"{counts}, as before"
    return f"{counts} instead of {row.compared_learned:.0f} of {row.compared_members:.0f}"


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


def p_text(p: float) -> str:
    """A p value: `0.004`, or what it is less than."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
