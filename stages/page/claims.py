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
from stages.scoring.claim_verdicts import Compared, Judgement, judge
from stages.scoring.claimed import measured
from stages.scoring.claims import Claim
from stages.scoring.comparable import Trained, departures
from stages.study.comparisons import changes
from stages.study.departures import touching
from stages.study.expectations import rungs_on
from stages.study.local import on
from stages.study.schema import Budget, Study
from stages.study.study import load

COLUMNS = [
    "dataset", "rung", "deck", "quantity", "claimed", "claimed_low", "claimed_high", "epochs",
    "members", "measured", "next_low", "next_high", "could_tell", "wrong_from", "p", "verdict",
    "why", "doubtful",
]  # fmt: skip

ENSEMBLE = "an ensemble instead of a trained rung"


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
    pairs = [
        (dataset, claim)
        for dataset in study["datasets"]
        for claim in claims
        if claim.rung in rungs_on(on(study, dataset))
    ]
    compared = [_compared(claim, studies, runs, study, dataset) for dataset, claim in pairs]
    judged = zip(pairs, compared, judge(compared), strict=True)
    return pd.DataFrame([_row(*pair, of, verdict) for pair, of, verdict in judged], columns=COLUMNS)


def _row(dataset: str, claim: Claim, compared: Compared, judged: Judgement) -> dict:
    values = compared.values
    return {
        "dataset": dataset,
        "rung": claim.rung,
        "deck": claim.deck,
        "quantity": claim.quantity,
        "claimed": claim.says,
        "claimed_low": claim.low,
        "claimed_high": claim.high,
        "epochs": "–".join(map(str, dict.fromkeys(claim.trained or ()))),
        "members": len(values),
        "measured": float(np.mean(values)) if len(values) else None,
        "next_low": judged.low,
        "next_high": judged.high,
        "could_tell": judged.could_tell,
        "wrong_from": None if claim.exact or claim.never else claim.wrong_from,
        "p": judged.p,
        "verdict": judged.verdict,
        "why": judged.why,
        "doubtful": claim.doubtful,
    }


def _compared(claim: Claim, studies: Path, runs: Path, study: dict, dataset: str) -> Compared:
    departing = _departures(claim, studies, runs, study, dataset)
    if departing == [ENSEMBLE]:
        return Compared(claim, np.array([]), departing)
    values, restless = measured(claim, runs / dataset / claim.rung)
    finite = values[np.isfinite(values)]
    return Compared(claim, finite, departing, restless, len(values) - len(finite))


def _departures(claim: Claim, studies: Path, runs: Path, study: dict, dataset: str) -> list[str]:
    """What a run does otherwise than the deck; nothing for an ensemble, which is not trained."""
    deck, run = _ready_made(studies / f"{claim.study}.yaml"), runs / dataset / claim.rung
    if claim.rung not in deck.techniques:
        return []
    found = files.read_json(run / "recipe.json")
    if "slots" not in found:
        return [ENSEMBLE]
    environment = files.read_json(run / "record.json")["environment"]
    precision = environment.get("precision", "what is not recorded")
    here = Trained([dataset], dict(Budget.model_validate(found["budget"])), precision)
    there = Trained(deck.datasets, dict(deck.budget_of(claim.rung)))
    changed = changes(deck.slots(claim.rung), found["slots"])
    if "start" in found:
        changed.append(f"it begins with the weights of {found['start']['rung']}")
    named = [*deck.departures, *study["departures"]]
    said = dict.fromkeys(touching(named, claim.rung, claim.quantity))
    return departures(claim, there, here, changed, list(said))


@cache
def _ready_made(path: Path) -> Study:
    return load(path)
