"""What the source decks claim, beside what was measured: reports/claims.yaml → the table `claims`, a verdict in each row."""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import TypeAdapter, ValidationError

from stages import files
from stages.command import Problem
from stages.recipe import recipes
from stages.signatures import Strict
from stages.statistics import next_value_interval
from stages.study import load
from stages.words import changes

COLUMNS = [
    "dataset", "rung", "deck", "quantity", "claimed", "claimed_low", "claimed_high", "members", "measured", "next_low", "next_high",
    "verdict", "why", "doubtful",
]  # fmt: skip


class Claim(Strict):
    """A number of a deck; see the head of reports/claims.yaml for its keys."""

    deck: str
    like: str
    quantity: Literal["test_accuracy", "test_loss", "train_accuracy", "train_loss", "parameters", "trainable_parameters"]
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


def read(path: Path) -> list[Claim]:
    """The claims of a file. Raises Problem for the first thing wrong."""
    try:
        return TypeAdapter(list[Claim]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise Problem(f"{path}: {error}; mend the claim") from error


def table(claims: list[Claim], studies: Path, runs: Path) -> pd.DataFrame:
    """A row for every claim and data set of the study in the folder `runs` that has a rung of the claim's name.

    `studies` is the folder of the ready-made studies, which say how a deck trained. Raises Problem for one that is not there.
    """
    study = files.read_json(runs / "study.json")
    rungs = [*study["ladder"], *study["ablations"]["rungs"], *(ensemble["name"] for ensemble in study["ensembles"])]
    rows = [_row(claim, studies, runs, dataset) for dataset in study["datasets"] for claim in claims if claim.rung in rungs]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(claim: Claim, studies: Path, runs: Path, dataset: str) -> dict:
    values = measured(claim, runs / dataset / claim.rung)
    why = [claim.never] if claim.never else departures(claim, studies, runs, dataset)
    low, high = next_value_interval(values) if len(values) > 1 else (None, None)
    if low is not None:
        low, high = max(low, 0.0), min(high, 1.0) if claim.quantity.endswith("accuracy") else high
    verdict, reason = ("not comparable", "; ".join(why)) if why or not len(values) else judge(claim, values, low, high)
    return {
        "dataset": dataset,
        "rung": claim.rung,
        "deck": claim.deck,
        "quantity": claim.quantity,
        "claimed": claim.says,
        "claimed_low": claim.low,
        "claimed_high": claim.high,
        "members": len(values),
        "measured": float(np.mean(values)) if len(values) else None,
        "next_low": low,
        "next_high": high,
        "verdict": verdict,
        "why": reason,
        "doubtful": claim.doubtful,
    }


def judge(claim: Claim, values: np.ndarray, low: float | None, high: float | None) -> tuple[str, str]:
    """The verdict on a claim that can be compared with the members' `values`, one more of which would lie at `low` to `high`; and why."""
    bottom, top = claim.low - claim.tolerance, claim.high + claim.tolerance
    exact = claim.quantity.endswith("parameters")
    if low is None or high is None:
        [value] = values
        if bottom <= value <= top:
            return "reproduced", "the same count" if exact else "the one network trained here lies there, too"
        if exact:
            return "not reproduced", "another count"
        return "not comparable", "a single network does not show how much others would differ from it"
    if top < low or bottom > high:
        return "not reproduced", f"the claim is {'below' if top < low else 'above'} where a further network of ours would come out"
    return "reproduced", "a further network of ours may well come out there"


def measured(claim: Claim, run: Path) -> np.ndarray:
    """The claim's quantity, of every member of a run [members]: over the claim's epochs, or at the end where a run has none of these."""
    if claim.quantity in ("parameters", "trainable_parameters"):
        key = {"parameters": "all", "trainable_parameters": "trainable"}[claim.quantity]
        return np.array([files.read_json(run / "record.json")["parameters"][key]])
    part, _, what = claim.quantity.partition("_")
    if part == "train":
        history = pd.read_csv(run / "history.csv")
        return _over_epochs(history["member"], history["epoch"], history[claim.quantity], claim.epochs)
    if claim.epochs is not None and what == "accuracy":
        curve = pd.read_csv(run / "curve.csv")
        return _over_epochs(curve["series"], curve["step"], curve[what], claim.epochs)
    return pd.read_csv(run / "members.csv")[what].dropna().to_numpy()


def _over_epochs(member: pd.Series, epoch: pd.Series, value: pd.Series, epochs: tuple[int, int] | None) -> np.ndarray:
    table = pd.DataFrame({"member": member, "epoch": epoch, "value": value})
    during = table[table["epoch"].between(*epochs)] if epochs else table.iloc[:0]
    rows = during if len(during) else table[table["epoch"] == table.groupby("member")["epoch"].transform("max")]
    return rows.groupby("member")["value"].mean().dropna().to_numpy()


def departures(claim: Claim, studies: Path, runs: Path, dataset: str) -> list[str]:
    """What a run does otherwise than the deck: data set, budget, slots. None where it is comparable.

    How long a training would have gone on after the claim's epochs does not matter, nor how many members there are.
    """
    reference = load(studies / f"{claim.study}.yaml")
    expected, found = recipes(reference)[claim.rung], files.read_json(runs / dataset / claim.rung / "recipe.json")
    if "budget" not in expected:
        return []
    texts = [] if dataset in reference.datasets else [f"{dataset} instead of {' or '.join(reference.datasets)}"]
    enough = claim.epochs is not None and found["budget"]["epochs"] >= claim.epochs[1]
    compared = ["batch_size", "validation"] + ([] if enough else ["epochs"])
    of_budget = [(key, expected["budget"][key], found["budget"][key]) for key in compared]
    texts += [f"{key.replace('_', ' ')} {after:g} instead of {before:g}" for key, before, after in of_budget if before != after]
    if claim.quantity in ("parameters", "trainable_parameters"):
        texts = [text for text in texts if " instead of " in text and text.startswith(dataset)]
    return texts + changes(expected["slots"], found["slots"])
