"""What the source decks claim, judged by what was measured."""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from stages import files


class Claim(BaseModel):
    """A number of a deck; see the head of reports/claims.yaml for its keys."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    deck: str
    like: str
    quantity: Literal[
        "test_accuracy",
        "test_loss",
        "train_accuracy",
        "train_loss",
        "parameters",
        "trainable_parameters",
    ]
    low: float
    high: float
    says: str
    epochs: tuple[int, int] | None = None
    tolerance: float = 0.0
    doubtful: str = ""
    never: str = ""

    @property
    def study(self) -> str:
        return self.like.partition("/")[0]

    @property
    def rung(self) -> str:
        return self.like.partition("/")[2]


def judge(
    claim: Claim, values: np.ndarray, low: float | None, high: float | None
) -> tuple[str, str]:
    """The verdict on a claim that can be compared with the members' `values`, one more of which
    would lie at `low` to `high`; and why."""
    bottom, top = claim.low - claim.tolerance, claim.high + claim.tolerance
    exact = claim.quantity.endswith("parameters")
    if low is None or high is None:
        [value] = values
        return _of_one(bottom <= value <= top, exact)
    if top < low or bottom > high:
        where = "below" if top < low else "above"
        why = f"the claim is {where} where a further network of ours would come out"
        return "not reproduced", why
    return "reproduced", "a further network of ours may well come out there"


def _of_one(lies_there: bool, exact: bool) -> tuple[str, str]:
    """The verdict where there is one value alone: an exact count, or a single network's."""
    if lies_there:
        why = "the same count" if exact else "the one network trained here lies there, too"
        return "reproduced", why
    if exact:
        return "not reproduced", "another count"
    return "not comparable", "a single network does not show how much others would differ from it"


def measured(claim: Claim, run: Path) -> np.ndarray:
    """The claim's quantity, of every member of a run [members]: over the claim's epochs, or at
    the end where a run has none of these."""
    if claim.quantity in ("parameters", "trainable_parameters"):
        key = {"parameters": "all", "trainable_parameters": "trainable"}[claim.quantity]
        return np.array([files.read_json(run / "record.json")["parameters"][key]])
    part, _, what = claim.quantity.partition("_")
    if part == "train":
        history = pd.read_csv(run / "history.csv")
        return _over_epochs(
            history["member"], history["epoch"], history[claim.quantity], claim.epochs
        )
    if claim.epochs is not None and what == "accuracy":
        curve = pd.read_csv(run / "curve.csv")
        return _over_epochs(curve["series"], curve["step"], curve[what], claim.epochs)
    return pd.read_csv(run / "members.csv")[what].dropna().to_numpy()


def _over_epochs(
    member: pd.Series, epoch: pd.Series, value: pd.Series, epochs: tuple[int, int] | None
) -> np.ndarray:
    table = pd.DataFrame({"member": member, "epoch": epoch, "value": value})
    during = table[table["epoch"].between(*epochs)] if epochs else table.iloc[:0]
    rows = (
        during
        if len(during)
        else table[table["epoch"] == table.groupby("member")["epoch"].transform("max")]
    )
    return rows.groupby("member")["value"].mean().dropna().to_numpy()
