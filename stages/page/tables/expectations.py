"""What the study's author predicts, a verdict in each row."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.page.tables.runs import scored
from stages.scoring.expectations import COLUMNS, judge
from stages.scoring.findings import judged
from stages.scoring.learning import counted
from stages.scoring.measured import Measured
from stages.scoring.score import Score
from stages.study.expectations import is_about
from stages.study.local import on


def expectations(study: dict, runs: Path, score: Score) -> pd.DataFrame:
    """A row for every prediction and data set that it is about, numbered as in the study."""
    rows, datasets = [], study["datasets"] if study["expect"] else []
    here = {dataset: on(study, dataset) for dataset in datasets}
    of = {dataset: measured(here[dataset], runs / dataset, score) for dataset in datasets}
    for dataset in datasets:
        for number, expected in enumerate(study["expect"], start=1):
            if is_about(expected, here[dataset]):
                row = {"dataset": dataset, "number": number}
                row |= judge(*_across(expected, of[dataset], of))
                rows.append(row | {"because": expected["because"]})
    return pd.DataFrame(rows, columns=["dataset", "number", *COLUMNS, "because"])


def _across(expected: dict, known: Measured, of: dict[str, Measured]) -> tuple[dict, Measured]:
    """A prediction and what it is judged by; where its second rung is of another data set, that
    rung is called `rung@dataset`."""
    other = expected["against_dataset"]
    if other is None:
        return expected, known
    one, rung = expected["difference"]
    named = f"{rung}@{other}"
    values = known.values | {named: of[other].values[rung]}
    return expected | {"difference": [one, named]}, replace(known, values=values)


def measured(study: dict, runs: Path, score: Score) -> Measured:
    """What the rungs of one data set measured, from the folder of their runs."""
    trained = study["ladder"] + study["beside"]
    combined = {ensemble["name"]: ensemble["of"] for ensemble in study["ensembles"]}
    values = {rung: _of_test(runs / rung, score) for rung in [*trained, *combined]}
    for rung in trained:
        stops = "stopping" in study["techniques"][rung]
        values[rung] |= _of_training(runs / rung, stops, score) | _counts(runs / rung)
    groups = {group["title"]: group["rungs"] for group in study["comparisons"]}
    able = {rung: scored(runs / rung).learned for rung in trained}
    learned = {rung: (int(of.sum()), len(of)) for rung, of in able.items()}
    return Measured(values, combined, groups, learned)


def _of_test(run: Path, score: Score) -> dict[str, np.ndarray]:
    members, of = pd.read_csv(run / "members.csv"), scored(run)
    losses = members["loss"].to_numpy(dtype=float)[counted(of.learned)]
    return {f"test_{score.name}": of.counted, "test_loss": losses}


def _of_training(run: Path, stops: bool, score: Score) -> dict[str, np.ndarray]:
    history = judged(pd.read_csv(run / "history.csv"), stops)
    names = [f"{part}_{what}" for part in ("train", "validation") for what in (score.name, "loss")]
    values = {name: history[name].to_numpy(dtype=float) for name in names if name in history}
    both = {f"train_{score.name}", f"validation_{score.name}"}
    if both <= values.keys():
        gap = values[f"train_{score.name}"] - values[f"validation_{score.name}"]
        values["train_minus_validation"] = gap
    return values


def _counts(run: Path) -> dict[str, np.ndarray]:
    counts = files.read_json(run / "record.json")["parameters"]
    names = {"parameters": "all", "trainable_parameters": "trainable"}
    return {name: np.array(float(counts[key])) for name, key in names.items()}
