"""What the study predicted, in words."""

import pandas as pd

from stages.page.text import POINTS, join, words
from stages.scoring.expectations import CANT_TELL, HELD, NOT_HELD
from stages.scoring.score import SHARES
from stages.study.schema import PREVIOUS

# Where the page has what a quantity is read from, if not in the comparison of its rungs.
ELSEWHERE = {"parameters": "cost", "trainable_parameters": "cost"}


def counted(table: pd.DataFrame) -> str:
    """`3 held, 1 not held, 2 can't tell`; nothing without predictions."""
    counts = table["outcome"].value_counts()
    said = [
        f"{counts[outcome]} {outcome}"
        for outcome in (HELD, NOT_HELD, CANT_TELL)
        if outcome in counts
    ]
    return ", ".join(said)


def said(row) -> str:
    """A prediction, from its row: `relu: higher test accuracy than sigmoid`."""
    first, *others = row.rungs.replace("@", "_on_").split(" ")
    quantity, other, bounds = row.quantity, join(others) if others else "", _bounds(row)
    of_errors = f"share of {other}'s {quantity.removesuffix('_accuracy')} errors avoided"
    of_value = f"{quantity}, difference in % of {other}'s"
    text = {
        "level": f"{first}: {quantity} {bounds}",
        "better": f"{first}: {_better(row)} {quantity} than {other}",
        "difference": f"{first} minus {other}, {quantity}: {bounds}",
        "relative": f"{first}, {of_errors if _share(row) else of_value}: {bounds}",
        "range": f"best to worst mean {quantity}: {bounds}",
        "best": f"{first}: {_better(row)} {quantity} than {'each of ' * (len(others) > 1)}{other}",
    }[row.form]
    return f"{row.group}: {words(text)}" if row.form == "range" else words(text)


def _better(row) -> str:
    return "lower" if row.quantity.endswith("_loss") else "higher"


def _share(row) -> bool:
    return row.quantity.endswith((*SHARES, "_minus_validation"))


def _bounds(row) -> str:
    low, high = (None if pd.isna(bound) else bound for bound in (row.at_least, row.at_most))
    given = [
        number(row, bound, bound=True) for bound in dict.fromkeys((low, high)) if bound is not None
    ]
    kind = "at least " if high is None else "at most " if low is None else ""
    return kind + " to ".join(given) + _unit(row)


def measured(row) -> str:
    """What was measured, with its interval: `86.1 % (85.0 to 87.2, n = 5)`."""
    if pd.isna(row.value):
        return "–"
    text = number(row, row.value) + _unit(row)
    if "parameters" in row.quantity:
        return text
    interval = "" if pd.isna(row.low) else f"{number(row, row.low)} to {number(row, row.high)}, "
    return f"{text} ({interval}n = {row.members})"


def number(row, value: float, bound: bool = False) -> str:
    """A value of a row without its unit, with its sign where it is a difference; a bound as it was
    written."""
    sign = "+" if row.form in ("difference", "better", "best") else ""
    if row.form == "relative" or _share(row):
        text = f"{100 * value:{sign}{'.6g' if bound else '.1f'}}"
    else:
        text = f"{value:{sign},.0f}" if "parameters" in row.quantity else f"{value:{sign}.4g}"
    return text.replace("-", "−")


def _unit(row) -> str:
    """What a row's numbers are in: a share in %, a difference of shares in percentage points."""
    if row.form != "relative" and not _share(row):
        return ""
    points = row.form not in ("level", "relative") or row.quantity.endswith("_minus_validation")
    return f" {POINTS}" if points and row.form != "relative" else " %"


def evidence(study: dict, row) -> tuple[str, str]:
    """The section of the page (without the data set) where a prediction's evidence stands, and what
    it is called."""
    if row.quantity in ELSEWHERE:
        return "cost", "what it cost"
    titles = [group["title"] for group in study["comparisons"]]
    if row.form == "range":
        return f"group-{titles.index(row.group) + 1}", "the group"
    named = {rung.partition("@")[0] for rung in row.rungs.split(" ")}
    beside = set(study["beside"])
    if not named & beside:
        return "ladder", "the ladder"
    for number, group in enumerate(study["comparisons"], start=1):
        if named <= {*group["rungs"], group["against"]} - {PREVIOUS}:
            return f"group-{number}", "the group"
    return "beside", "comparisons"
