"""The report's tables, from the files that the stages before have written; every number on the
page stands in one of them."""

from pathlib import Path

import pandas as pd

from stages import files
from stages.page import tasks
from stages.page.tables.best import best
from stages.page.tables.choices import choices
from stages.page.tables.data import data
from stages.page.tables.ensembles import against_best, folds, how_different, members_combined
from stages.page.tables.expectations import expectations
from stages.page.tables.groups import axes
from stages.page.tables.inside import of_networks
from stages.page.tables.ladder import attributes, ladder
from stages.page.tables.runs import cost, gather, records
from stages.page.tables.training import of_training, robustness
from stages.scoring.score import Score
from stages.study.local import on


def all_tables(runs: Path, score: Score) -> dict[str, pd.DataFrame]:
    """Every table of a study by its name, the data set in its first column.

    `ladder` has a row per rung; `cost` alone holds what a clock or a memory gauge measured.
    """
    study = files.read_json(runs / "study.json")
    parts = [_of_one(on(study, dataset), runs, score) for dataset in study["datasets"]]
    made = {name: pd.concat([part[name] for part in parts]) for name in parts[0]}
    made = {name: table.reset_index(drop=True) for name, table in made.items()}
    made["ladder"] = ladder(study, runs, score)
    made |= of_networks(made["inside"], made["members"])
    first = {"ladder": made["ladder"], "best": best(study, runs, score)}
    made["choices"] = choices(study, made, score)
    made["data"] = data(study, runs)
    return first | made | {"expectations": expectations(study, runs, score)}


def _of_one(study: dict, runs: Path, score: Score) -> dict[str, pd.DataFrame]:
    """The tables of a study as it is on one data set (study/local.py)."""
    trained, ensembles = (
        study["ladder"] + study["beside"],
        [ensemble["name"] for ensemble in study["ensembles"]],
    )
    members, changed = (
        gather(runs, study, trained + ensembles, f"{name}.csv")
        for name in ("members", "robustness")
    )
    return {
        "attributes": attributes(study),
        "axes": axes(study),
        "members": members,
        **of_training(runs, study, trained, score),
        "robustness": robustness(changed, members, score),
        "ensembles": members_combined(runs, study, score),
        "against_best": against_best(runs, study, score),
        "diversity": how_different(runs, study),
        "folds": folds(runs, study, score),
        "cost": cost(runs, study, score),
        "records": records(runs, study),
        **tasks.load(study["task"]).tables(runs, study),
    }
