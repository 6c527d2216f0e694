"""What the validation images choose in the groups of a study that ask for it."""

import pandas as pd

from stages.scoring.choices import COLUMNS, choice
from stages.scoring.score import Score
from stages.study.local import on


def choices(study: dict, made: dict[str, pd.DataFrame], score: Score) -> pd.DataFrame:
    """A row for each data set and group with `choose`, from the tables `members` and `gaps`, where
    the mean validation scores are; both are of all networks, since nobody knows by the validation
    images which have learned."""
    rows = []
    for dataset in study["datasets"]:
        tables = {name: made[name] for name in ("members", "gaps")}
        of = {name: table[table["dataset"] == dataset] for name, table in tables.items()}
        for group in on(study, dataset)["comparisons"]:
            if group["choose"]:
                found = choice(_measured(group["rungs"], of, score), score)
                rows.append({"dataset": dataset, "group": group["title"]} | found)
    return pd.DataFrame(rows, columns=["dataset", "group", *COLUMNS])


def _measured(rungs: list[str], of: dict[str, pd.DataFrame], score: Score) -> pd.DataFrame:
    places = {
        "validation": ("gaps", f"validation_{score.name}"),
        "test": ("members", score.name),
    }
    columns = {"rung": rungs}
    for name, (table, column) in places.items():
        known = of[table].groupby("rung")[column].mean()
        # A rung whose networks have all diverged may have no validation score.
        columns[name] = known.reindex(rungs).tolist()
    return pd.DataFrame(columns)
