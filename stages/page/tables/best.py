"""The best trained rung of each data set."""

from pathlib import Path

import pandas as pd

from stages.page.tables.runs import scored
from stages.scoring.best import against, choose
from stages.scoring.findings import judged
from stages.scoring.score import Score
from stages.scoring.verdicts import ALONE, BETTER, NONE
from stages.study.local import on

COLUMNS = ["dataset", "rung", "chosen_by", "rungs", "validation", "alike", "ahead"]


def best(study: dict, runs: Path, score: Score) -> pd.DataFrame:
    """The rung of each data set that the validation images choose among so many `rungs`, with its
    mean `validation` score; and by name the rungs that the test images can't tell from it (`alike`)
    or show to be better (`ahead`). Without validation images the test images choose."""
    rows = [_best(on(study, each), runs / each, each, score) for each in study["datasets"]]
    return pd.DataFrame(rows, columns=COLUMNS)


def _best(study: dict, runs: Path, dataset: str, score: Score) -> list:
    of = {rung: scored(runs / rung) for rung in study["ladder"] + study["beside"]}
    validation = {rung: _validated(study, runs, rung, score) for rung in of}
    chosen, by = choose(validation, of, score)
    said = against(chosen, of, score)
    named = [
        " ".join(rung for rung in said if said[rung] in verdicts)
        for verdicts in ((NONE, ALONE), (BETTER,))
    ]
    return [dataset, chosen, by, len(of), validation[chosen], *(name or None for name in named)]


def _validated(study: dict, runs: Path, rung: str, score: Score) -> float:
    """The mean validation score of all members of a rung; nan where there is none, or where each
    member is validated on images of its own."""
    technique = study["techniques"][rung]
    if "split" in technique:
        return float("nan")
    history = judged(pd.read_csv(runs / rung / "history.csv"), "stopping" in technique)
    return float(history[f"validation_{score.name}"].mean())
