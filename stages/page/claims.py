"""The decks' claims beside what was measured: reports/claims.yaml → the table `claims`, a
verdict in each row."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from pydantic import TypeAdapter, ValidationError

from stages import files
from stages.command import Problem
from stages.scoring.claims import Claim, judge, measured
from stages.scoring.statistics import next_value_interval
from stages.study.comparisons import changes
from stages.study.schema import Study
from stages.study.study import load

COLUMNS = [
    "dataset", "rung", "deck", "quantity", "claimed", "claimed_low", "claimed_high", "members",
    "measured", "next_low", "next_high", "verdict", "why", "doubtful",
]  # fmt: skip


def read(path: Path) -> list[Claim]:
    """The claims of a file. Raises Problem for the first thing wrong."""
    try:
        return TypeAdapter(list[Claim]).validate_python(
            yaml.safe_load(path.read_text(encoding="utf-8"))
        )
    except (yaml.YAMLError, ValidationError) as error:
        raise Problem(f"{path}: {error}; mend the claim") from error


def of_task(claims: list[Claim], studies: Path, task: str) -> list[Claim]:
    """Those claims whose study, in the folder `studies`, learns this task. Raises Problem for a
    study that is not there."""
    return [claim for claim in claims if _ready_made(studies / f"{claim.study}.yaml").task == task]


def without_rung(claims: list[Claim], ladder: pd.DataFrame) -> list[str]:
    """The rungs that claims are about and a study has none of: `relu (deck 003)`."""
    rungs = set(ladder["rung"])
    return sorted(
        {f"{claim.rung} (deck {claim.deck})" for claim in claims if claim.rung not in rungs}
    )


def table(claims: list[Claim], studies: Path, runs: Path) -> pd.DataFrame:
    """A row for every claim and data set of the study in the folder `runs` that has a rung of the
    claim's name.

    `studies` is the folder of the ready-made studies, which say how a deck trained. Raises Problem
    for one that is not there.
    """
    study = files.read_json(runs / "study.json")
    rungs = [
        *study["ladder"],
        *study["beside"],
        *(ensemble["name"] for ensemble in study["ensembles"]),
    ]
    rows = [
        _row(claim, studies, runs, dataset)
        for dataset in study["datasets"]
        for claim in claims
        if claim.rung in rungs
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(claim: Claim, studies: Path, runs: Path, dataset: str) -> dict:
    values = measured(claim, runs / dataset / claim.rung)
    why = [claim.never] if claim.never else departures(claim, studies, runs, dataset)
    low, high = next_value_interval(values) if len(values) > 1 else (None, None)
    if low is not None:
        low, high = max(low, 0.0), min(high, 1.0) if claim.quantity.endswith("accuracy") else high
    verdict, reason = (
        ("not comparable", "; ".join(why))
        if why or not len(values)
        else judge(claim, values, low, high)
    )
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


def departures(claim: Claim, studies: Path, runs: Path, dataset: str) -> list[str]:
    """What a run does otherwise than the deck: data set, budget, slots. None where it is
    comparable.

    How long a training would have gone on after the claim's epochs does not matter, nor how many
    members there are.
    """
    reference = _ready_made(studies / f"{claim.study}.yaml")
    if claim.rung not in reference.techniques:
        return []
    found = files.read_json(runs / dataset / claim.rung / "recipe.json")
    budget = reference.budget_of(claim.rung).model_dump()
    texts = (
        []
        if dataset in reference.datasets
        else [f"{dataset} instead of {' or '.join(reference.datasets)}"]
    )
    enough = claim.epochs is not None and found["budget"]["epochs"] >= claim.epochs[1]
    compared = ["batch_size", "validation"] + ([] if enough else ["epochs"])
    of_budget = [(key, budget[key], found["budget"][key]) for key in compared]
    texts += [
        f"{key.replace('_', ' ')} {after:g} instead of {before:g}"
        for key, before, after in of_budget
        if before != after
    ]
    if claim.quantity in ("parameters", "trainable_parameters"):
        texts = [text for text in texts if " instead of " in text and text.startswith(dataset)]
    return texts + changes(reference.slots(claim.rung), found["slots"])


@cache
def _ready_made(path: Path) -> Study:
    return load(path)
