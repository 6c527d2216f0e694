"""What was measured inside networks, in sentences: what separates those that learned, limits that
are passed, what changes from rung to rung."""

import numpy as np
import pandas as pd

from stages.page.text import capital, join, p_text, percent, times, times_smaller, words
from stages.scoring.inside import LIMITS, MEASUREMENTS
from stages.scoring.reasons import ACROSS, FEW, Change, separating

GRADIENT = "the RMS gradient of the first layer's weights"
CONSTANT = "are constant over all images"
NAMES = {
    "first_gradient": GRADIENT,
    "last_spread": "the spread of the last hidden layer's activations",
    "constant_units": "the share of hidden units that are constant over all images",
    "dead_units": "the share of hidden units that are 0 for every image",
    "saturated": "the share of saturated activations",
    "update_ratio": "the ratio of update to weight size",
}
SHARES = {"constant_units", "dead_units", "saturated", "zero_weights"}
FAULTS = {
    "not_finite": "values that are no longer finite",
    "zero_weights": "all weights 0 in most layers before training",
    "dead": "units that are 0 for every image (dead)",
    "constant": "units that are constant over all images",
    "saturated": "saturated units",
    "faint": "activations that hardly vary from image to image",
    "exploding": "activations that vary extremely from image to image",
    "updates_too_small": "updates that hardly change the weights",
    "updates_too_large": "updates that are large for the weights",
}
UNKNOWN = "Nothing that was measured here tells why"


def why(reasons: pd.DataFrame, networks: pd.DataFrame) -> list[str]:
    """Why some networks did not learn, as far as a measurement separates them from those that did;
    nothing where all learned, or nobody knows."""
    known = networks.dropna(subset="learned")
    failed = int((known["learned"] == 0).sum())
    if not failed:
        return []
    return _reasons(reasons, known, failed)


def _reasons(reasons: pd.DataFrame, networks: pd.DataFrame, failed: int) -> list[str]:
    found = separating(reasons).sort_values("p", kind="stable")
    if len(found):
        return [_separated(row, int(reasons["p"].count())) for row in found.itertuples()]
    if failed == len(networks):
        return [f"{UNKNOWN}: no network learned that could be compared with them."]
    text = f"{UNKNOWN} {failed} of {len(networks)} networks had not learned at the end"
    if (reasons["how"] == FEW).all():
        return [f"{text}: there are too few networks or rungs of either kind for a test."]
    return [f"{text}: none of {len(MEASUREMENTS)} measurements separates them from the others."]


def _separated(row, tests: int) -> str:
    unit = "rungs" if row.how == ACROSS else "networks"
    medians = [shown(row.measurement, of) for of in (row.median_learned, row.median_others)]
    many = f"{row.learned:.0f} {unit} that learned against {row.others:.0f} that did not"
    return (
        f"What separates {many} is {NAMES[row.measurement]} at step {row.step}: "
        f"median {medians[0]} against {medians[1]}; area under the ROC curve {row.area:.2f}, exact "
        f"p {p_text(row.p)} ({p_text(row.p_corrected)} corrected for {tests} tests), {unit} "
        f"permuted{'' if row.how == ACROSS else ' within rungs'}; the best limit gets "
        f"{row.wrong:.0f} of {row.learned + row.others:.0f} wrong."
    )


def shown(measurement: str, value: float) -> str:
    """A measurement as a reader reads it: `69 %`, `0.0085`, `1.1e-07`."""
    return percent(value) if measurement in SHARES else f"{value:.2g}"


def faults(table: pd.DataFrame) -> list[str]:
    """Which rungs pass each limit, learned or not, so that no reader takes what is measured of one
    that fails for its cause."""
    limits = {limit.fault: limit for limit in LIMITS}
    parts = [(limits[fault], table[table["fault"] == fault]) for fault in limits]
    return [_fault(limit, rows) for limit, rows in parts if len(rows)]


def _fault(limit, rows: pd.DataFrame) -> str:
    side, level = "above" if limit.above else "below", shown(limit.measurement, limit.limit)
    measured = NAMES.get(limit.measurement)
    by = f" ({measured} {side} {level})" if measured else ""
    rungs = join([f"{words(row.rung)} ({_of_rung(row)})" for row in rows.itertuples()])
    return f"{capital(FAULTS[limit.fault])}{by}: {rungs}."


def _of_rung(row) -> str:
    """`median 69 %; 0 of 5 networks learned`."""
    texts = []
    if row.measurement in NAMES and np.isfinite(row.median):
        texts.append(f"median {shown(row.measurement, row.median)}")
    if row.showing < row.members:
        texts.append(f"in {row.showing} of {row.members} networks")
    if row.known:
        texts.append(f"{row.learned} of {row.known} learned")
    return "; ".join(texts) or f"all {row.members} networks"


def changed(changes: list[Change]) -> list[str]:
    """What rungs change inside the networks before training, against those that they are
    compared with."""
    pairs = [(f"{words(change.rung)} against {words(change.below)}", change) for change in changes]
    return [f"{pair}, before training: {join(_changed(change))}." for pair, change in pairs]


def _changed(change: Change) -> list[str]:
    facts = []
    if change.gradient is not None:
        larger = change.gradient > 1
        text = f"{times(change.gradient)} larger" if larger else times_smaller(change.gradient)
        facts.append(f"{GRADIENT} is {text}")
    if change.constant_units is not None:
        before, after = change.constant_units
        facts.append(
            f"{percent(after)} of the hidden units {CONSTANT}, instead of {percent(before)}"
        )
    return facts
