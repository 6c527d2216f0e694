"""What the source decks claim, judged by what was measured."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from stages import files
from stages.scoring.statistics import next_value_interval

REPRODUCED, NOT_REPRODUCED, NOT_COMPARABLE = "reproduced", "not reproduced", "not comparable"


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


class Judgement(NamedTuple):
    """The verdict on a claim, why it is so, and where one network more of ours would lie."""

    verdict: str
    why: str
    low: float | None = None
    high: float | None = None


def judge(claim: Claim, values: np.ndarray, departures: list[str]) -> Judgement:
    """Set a claim beside the members' `values`, of a run that departs from the deck by these."""
    low, high = _next_value(claim, values)
    if claim.never or departures or not len(values):
        return Judgement(NOT_COMPARABLE, claim.never or "; ".join(departures), low, high)
    bottom, top = claim.low - claim.tolerance, claim.high + claim.tolerance
    if low is None or high is None:
        [value] = values
        return Judgement(*_of_one(bottom <= value <= top, _is_exact(claim)))
    if top < low or bottom > high:
        where = "below" if top < low else "above"
        why = f"the claim is {where} where a further network of ours would come out"
        return Judgement(NOT_REPRODUCED, why, low, high)
    return Judgement(REPRODUCED, "a further network of ours may well come out there", low, high)


def _is_exact(claim: Claim) -> bool:
    """Whether it is of a count, which all networks share."""
    return claim.quantity.endswith("parameters")


def _next_value(claim: Claim, values: np.ndarray) -> tuple[float | None, float | None]:
    if len(values) < 2:
        return None, None
    low, high = next_value_interval(values)
    return max(low, 0.0), min(high, 1.0) if claim.quantity.endswith("accuracy") else high


def _of_one(lies_there: bool, exact: bool) -> tuple[str, str]:
    """The verdict where there is one value alone: an exact count, or a single network's."""
    if lies_there:
        why = "the same count" if exact else "the one network trained here lies there, too"
        return REPRODUCED, why
    if exact:
        return NOT_REPRODUCED, "another count"
    return NOT_COMPARABLE, "a single network does not show how much others would differ from it"


def departures(
    claim: Claim, deck: dict, budget: dict, dataset: str, changed: list[str]
) -> list[str]:
    """What a run on `dataset`, with a budget, does otherwise than the deck: none where the claim
    can be compared. `deck` has the deck's `datasets` and `budget`; `changed` says which slots
    differ.

    How long a training would have gone on after the claim's epochs does not matter, nor how many
    members there are; a count of parameters minds no budget.
    """
    names = deck["datasets"]
    texts = [] if dataset in names else [f"{dataset} instead of {' or '.join(names)}"]
    if _is_exact(claim):
        return texts + changed
    enough = claim.epochs is not None and budget["epochs"] >= claim.epochs[1]
    compared = ["batch_size", "validation"] + ([] if enough else ["epochs"])
    of_budget = [(key, deck["budget"][key], budget[key]) for key in compared]
    texts += [
        f"{key.replace('_', ' ')} {after:g} instead of {before:g}"
        for key, before, after in of_budget
        if before != after
    ]
    return texts + changed


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
