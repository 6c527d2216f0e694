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
from stages.scoring.claims import Claim, departures, judge, measured
from stages.study.comparisons import changes
from stages.study.expectations import rungs_on
from stages.study.local import on
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
    rows = [
        _row(claim, studies, runs, dataset)
        for dataset in study["datasets"]
        for claim in claims
        if claim.rung in rungs_on(on(study, dataset))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(claim: Claim, studies: Path, runs: Path, dataset: str) -> dict:
    values = measured(claim, runs / dataset / claim.rung)
    judged = judge(claim, values, _departures(claim, studies, runs, dataset))
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
        "next_low": judged.low,
        "next_high": judged.high,
        "verdict": judged.verdict,
        "why": judged.why,
        "doubtful": claim.doubtful,
    }


def _departures(claim: Claim, studies: Path, runs: Path, dataset: str) -> list[str]:
    """What a run does otherwise than the deck; nothing for an ensemble, which is not trained."""
    study = _ready_made(studies / f"{claim.study}.yaml")
    if claim.rung not in study.techniques:
        return []
    found = files.read_json(runs / dataset / claim.rung / "recipe.json")
    budget = study.budget_of(claim.rung).model_dump()
    deck = {"datasets": study.datasets, "budget": budget}
    changed = changes(study.slots(claim.rung), found["slots"])
    return departures(claim, deck, found["budget"], dataset, changed)


@cache
def _ready_made(path: Path) -> Study:
    return load(path)
