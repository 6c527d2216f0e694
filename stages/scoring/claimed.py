"""The quantity that a claim is about, as a run's files have it of every member."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.scoring.claim_verdicts import Spread
from stages.scoring.claims import Claim
from stages.scoring.full_batches import FULL

# How many epochs before and after a claim's own its curve is looked at.
WINDOW = 5


def measured(claim: Claim, run: Path) -> tuple[np.ndarray, Spread | None]:
    """The claim's quantity, of every member of a run [members]: over the claim's epochs, or at
    the end where it or the run has none of these; not a number for one that diverged, none where a
    run doesn't measure it. And by how much it strays from epoch to epoch, where the claim is of a
    single one."""
    if claim.exact:
        key = {"parameters": "all", "trainable_parameters": "trainable"}[claim.quantity]
        return np.array([files.read_json(run / "record.json")["parameters"][key]]), None
    curve = _curve(claim, run)
    if curve is not None:
        return _at(curve, claim.trained), _restless(curve, claim.trained)
    column = claim.quantity.removeprefix("test_") + (FULL if claim.full_batches else "")
    table = pd.read_csv(run / "members.csv")
    return _measured(table, column), None


def _curve(claim: Claim, run: Path) -> pd.DataFrame | None:
    """member, epoch and value, after every epoch; None where it is known at the end alone."""
    if claim.quantity.startswith("train_"):
        table = pd.read_csv(run / "history.csv")
        keys, column = ["member", "epoch"], claim.quantity
    elif claim.epochs is not None and claim.quantity == "test_accuracy":
        table = pd.read_csv(run / "curve.csv")
        keys, column = ["series", "step"], "accuracy" + (FULL if claim.full_batches else "")
    else:
        return None
    if not len(_measured(table, column)):
        table = table.iloc[:0].reindex(columns=[*keys, column])
    return table[[*keys, column]].set_axis(["member", "epoch", "value"], axis=1)


def _at(curve: pd.DataFrame, epochs: tuple[int, int] | None) -> np.ndarray:
    during = curve[curve["epoch"].between(*epochs)] if epochs else curve.iloc[:0]
    last = curve["epoch"] == curve.groupby("member")["epoch"].transform("max")
    rows = during if len(during) else curve[last]
    means = rows.groupby("member")["value"].agg(lambda of: of.mean(skipna=False))
    return means.to_numpy(dtype=float)


def _measured(table: pd.DataFrame, column: str) -> np.ndarray:
    """A column, or nothing where the table hasn't got it; an accuracy that is nowhere a number is
    none either, because a network that diverged has one."""
    there = column in table and ("loss" in column or table[column].notna().any())
    return table[column].to_numpy(dtype=float) if there else np.array([])


def _restless(curve: pd.DataFrame, epochs: tuple[int, int] | None) -> Spread | None:
    """By how much one epoch differs from the level of those around it: from the squares of the
    differences of successive ones (von Neumann 1941), which what is still learned hardly touches.
    None where there are no two of these."""
    if epochs is None or epochs[0] != epochs[1]:
        return None
    near = curve[curve["epoch"].between(epochs[0] - WINDOW, epochs[1] + WINDOW)]
    steps = near.sort_values("epoch").groupby("member")["value"].diff().dropna()
    # Successive differences share an epoch, so that they are worth two thirds of their number.
    return Spread(float(np.sqrt((steps**2).mean() / 2)), 2 * len(steps) / 3) if len(steps) else None
