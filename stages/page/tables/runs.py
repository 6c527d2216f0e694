"""What lies in the runs' folders, gathered, and what each run cost."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.scoring.comparing import Scored
from stages.scoring.score import Score

# Columns of names, which pandas would take for numbers where they look like some.
NAMES = {"class": str, "truth": str, "prediction": str}


def read(path: Path) -> pd.DataFrame:
    """A run's CSV; its names are names, also NA, null and 1e5."""
    numbers = [column for column in pd.read_csv(path, nrows=0) if column not in NAMES]
    missing = {column: ["", "nan"] for column in numbers}
    return pd.read_csv(path, dtype=NAMES, keep_default_na=False, na_values=missing)


def all_rungs(study: dict) -> list[str]:
    """Every rung of a study, trained or combined."""
    return study["ladder"] + study["beside"] + [of["name"] for of in study["ensembles"]]


def gather(
    runs: Path, study: dict, rungs: list[str], name: str, columns: list[str] | None = None
) -> pd.DataFrame:
    """The same CSV of several rungs as one table; without any rung, an empty one of these
    columns."""
    parts = []
    for dataset in study["datasets"]:
        for rung in rungs:
            part = read(runs / dataset / rung / name)
            parts.append(part.assign(dataset=dataset, rung=rung))
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)
    return table[
        [
            "dataset",
            "rung",
            *(column for column in table.columns if column not in ("dataset", "rung")),
        ]
    ]


def scores(run: Path) -> np.ndarray:
    """The score of every member and test image of a run: [members, images] of bools or float64."""
    with np.load(run / "scores.npz") as data:
        return data["scores"]


def scored(run: Path) -> Scored:
    """The same, and which of the members have learned."""
    learned = pd.read_csv(run / "members.csv")["learned"].to_numpy(dtype=bool)
    return Scored(scores(run), learned)


def source(run: Path) -> str:
    """Where the images of a run's data set are from, in words."""
    with np.load(run / "images.npz") as data:
        return str(data["source"])


def cost(runs: Path, study: dict, score: Score) -> pd.DataFrame:
    """What each trained rung took, as a clock and a memory gauge say, beside its score; rungs
    numbered from 1."""
    rows = []
    for dataset in study["datasets"]:
        for number, rung in enumerate(study["ladder"] + study["beside"], start=1):
            run = runs / dataset / rung
            took, metrics = (
                files.read_json(run / "cost.json"),
                files.read_json(run / "metrics.json"),
            )
            row = {
                "dataset": dataset,
                "number": number,
                "rung": rung,
                score.name: metrics[score.name],
            }
            rows.append(row | {"seconds_per_member": took["seconds"] / metrics["members"]} | took)
    return pd.DataFrame(rows)


def records(runs: Path, study: dict) -> pd.DataFrame:
    """What each trained rung was made in, and the SHA-256 of the files that it was made from."""
    rows = []
    for dataset in study["datasets"]:
        for rung in study["ladder"] + study["beside"]:
            record = files.read_json(runs / dataset / rung / "record.json")
            rows.append({"dataset": dataset, "rung": rung} | record["environment"] | record["data"])
    return pd.DataFrame(rows)
