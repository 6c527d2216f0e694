"""Which measurement separates the networks that learned from those that did not, tested and not
told; and what a rung changes inside the networks before training."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stages.scoring.inside import MEASUREMENTS, of_units
from stages.scoring.separation import Stratum, least_p, separation
from stages.scoring.statistics import holm
from stages.scoring.verdicts import ALPHA

# Rungs of each kind that a comparison between rungs takes at least.
RUNGS = 4
WITHIN, ACROSS, FEW = "within rungs", "across rungs", "too few"
COLUMNS = ["dataset", "measurement", "step", "how", "learned", "others", "median_learned",
           "median_others", "area", "p", "p_corrected", "wrong"]  # fmt: skip
# Changes from one rung to the next that are large: tenfold for the gradient, a fifth of the hidden
# units.
TENFOLD, A_FIFTH = 10, 0.2


def reasons(networks: pd.DataFrame) -> pd.DataFrame:
    """A row of COLUMNS for each data set and measurement: whether it separates the networks that
    learned from the others, of a table of all networks (`inside.COLUMNS`); none for a data set all
    of whose networks learned, or none, or where nobody knows.

    Compared are the networks of rungs that have both kinds, or, where that can show more, whole
    rungs by their median, of which at least RUNGS have only networks that learned, and as many
    none: networks of different rungs can't be dealt out anew, since whatever differs between the
    rungs would separate them. Which of the two, and whether there are enough, depends on nothing
    that was measured. The p values are corrected for all tests of the study.
    """
    rows = [
        _tested(dataset, of.dropna(subset="learned"), measurement)
        for dataset, of in networks.groupby("dataset", sort=False)
        if of["learned"].nunique() == 2
        for measurement in MEASUREMENTS
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    p = [None if np.isnan(of) else of for of in table["p"]]
    table["p_corrected"] = np.array(holm(p), dtype=float)
    return table


def separating(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `reasons` whose measurement does separate them."""
    return table[table["p_corrected"] <= ALPHA]


def _tested(dataset: str, networks: pd.DataFrame, measurement: str) -> dict:
    how, strata = _strata(networks, measurement)
    row = {"dataset": dataset, "measurement": measurement, "step": networks["step"].iloc[0]}
    row |= {"how": how, "p": np.nan}
    if how == FEW:
        return row
    found = separation(strata)
    values, kinds = (np.concatenate(part) for part in zip(*strata, strict=True))
    return row | {
        "learned": int(kinds.sum()),
        "others": int((~kinds).sum()),
        "median_learned": float(np.median(values[kinds])),
        "median_others": float(np.median(values[~kinds])),
        "area": found.area,
        "p": found.p,
        "wrong": found.wrong,
    }


def _strata(networks: pd.DataFrame, measurement: str) -> tuple[str, list[Stratum]]:
    """How a measurement is tested, and the values that are compared with each other."""
    mixed: list[Stratum] = []
    whole: list[tuple[float, bool]] = []
    for _, of in networks.groupby("rung", sort=False):
        known = of.dropna(subset=measurement)
        values, kinds = known[measurement].to_numpy(float), known["learned"].to_numpy() > 0
        if 0 < kinds.sum() < len(kinds):
            mixed.append((values, kinds))
        elif len(known) and of["learned"].nunique() == 1:
            whole.append((float(np.median(values)), bool(kinds[0])))
    values, kinds = np.array([value for value, _ in whole]), np.array([kind for _, kind in whole])
    ways = [(WITHIN, mixed)] if mixed else []
    if min(kinds.sum(), len(kinds) - kinds.sum()) >= RUNGS:
        ways.append((ACROSS, [(values, kinds)]))
    ways = [way for way in ways if least_p(way[1]) * len(MEASUREMENTS) <= ALPHA]
    return min(ways, key=lambda way: least_p(way[1]), default=(FEW, []))


@dataclass(frozen=True)
class Change:
    """What a rung changes before training against the rung `below`, each None where it is not
    large: how many times as large the RMS gradient of the first layer is; the shares of hidden
    units that are constant, in the rung below and in this one."""

    rung: str
    below: str
    gradient: float | None = None
    constant_units: tuple[float, float] | None = None


def changes(diagnostics: pd.DataFrame, compared: list[tuple[str, str | None]]) -> list[Change]:
    """What is large among the changes from rung to rung, of medians over networks; `compared` holds
    each rung and the one below it."""
    start = diagnostics[diagnostics["moment"] == "start"]
    gradient = start[start["layer"] == 1].set_index("rung")["gradient_rms"]
    hidden = start[start["layer"] < start.groupby("rung")["layer"].transform("max")]
    # A rung of one layer has no hidden units: NaN, of which no change is large.
    constant = {
        rung: of_units(hidden[hidden["rung"] == rung], "constant_units") for rung in gradient.index
    }
    found = [
        _change(rung, below, gradient[rung] / gradient[below], (constant[below], constant[rung]))
        for rung, below in compared
        if below is not None and rung in gradient and gradient[below] > 0
    ]
    return [change for change in found if change != Change(change.rung, change.below)]


def _change(rung: str, below: str, ratio: float, constant: tuple[float, float]) -> Change:
    before, after = constant
    return Change(
        rung,
        below,
        ratio if ratio >= TENFOLD or ratio <= 1 / TENFOLD else None,
        constant if abs(after - before) >= A_FIFTH else None,
    )
