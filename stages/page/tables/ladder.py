"""The ladder: each rung's numbers, its difference from the rung that it is compared with, and
the verdict; and what it is made of."""

from pathlib import Path

import pandas as pd

from stages import files
from stages.page.tables.groups import CORRECTED
from stages.page.tables.runs import scored
from stages.scoring.comparing import DIFFERENCE, LEARNED, compare, compare_combined, corrected
from stages.scoring.findings import compared
from stages.scoring.score import Score
from stages.scoring.verdicts import verdict
from stages.study.comparisons import comparisons, describe
from stages.study.local import START, begins, on
from stages.study.schema import BESIDE, LADDER

RUNG = [
    "dataset",
    "rung",
    "kind",
    "group",
    "compared_with",
    "changed",
    "label",
    "members",
    "diverged_members",
    "learned_members",
    "learned_low",
    "learned_high",
]
# Rows of a group of the study are of the kind `beside`: beside the ladder.
KINDS = {LADDER: "trained", BESIDE: "apart"}
REST = ["trainable_parameters", "all_parameters", "test_images"]


def columns(score: Score, measured: list[str]) -> list[str]:
    """The columns of the ladder's table; those of `measured` that are nobody else's are the
    task's own, as `calibration_error`."""
    of_score = [f"{score.name}{part}" for part in ("", "_low", "_high", "_std")]
    known = [*RUNG, *of_score, "chance", *DIFFERENCE, *LEARNED, *CORRECTED, "verdict", "loss"]
    return [*known, *(name for name in measured if name not in {*known, *REST}), *REST]


def ladder(study: dict, runs: Path, score: Score) -> pd.DataFrame:
    """One row per data set and rung: what it changes, its numbers, its difference from the rung
    that it is compared with, and the verdict.

    The p values are corrected for the number of all comparisons of the study.
    """
    table = pd.DataFrame(
        [
            row
            for dataset in study["datasets"]
            for row in _ladder(on(study, dataset), runs / dataset, dataset)
        ]
    )
    table[CORRECTED] = _corrected(table)
    table["verdict"] = [verdict(row, score) for row in table.itertuples()]
    # Of a task that knows no chance level, nothing but None.
    table["chance"] = table["chance"].astype(float)
    return table.reindex(columns=columns(score, list(table.columns)))


def _corrected(table: pd.DataFrame) -> list[tuple[float | None, float | None]]:
    """The p values corrected, each comparison counted once, in however many groups it stands."""
    pairs, of = compared(table), {}
    for pair, *both in zip(pairs, table["p"], table["learned_p"], strict=True):
        of[pair] = [None if pd.isna(p) else p for p in both]
    known = dict(zip(of, corrected(of.values()), strict=True))
    return [known[pair] for pair in pairs]


def _ladder(study: dict, runs: Path, dataset: str) -> list[dict]:
    rows, found, parameters = [], {}, {}
    for rung, below, changed, label, group in comparisons(study):
        found[rung] = scored(runs / rung)
        row = {
            "dataset": dataset,
            "rung": rung,
            "group": group,
            "compared_with": below,
            "changed": changed,
            "label": label,
            **dict.fromkeys([*DIFFERENCE, *LEARNED]),
        }
        row |= files.read_json(runs / rung / "metrics.json")
        if rung in study["ladder"] + study["beside"]:
            parameters[rung] = files.read_json(runs / rung / "record.json")["parameters"]
            row |= {"kind": KINDS.get(group, "beside")}
            judge = compare
        else:
            parameters[rung] = {
                key: value * len(found[below].learned) for key, value in parameters[below].items()
            }
            row |= {"kind": "combined"}
            judge = compare_combined
        row |= {f"{key}_parameters": value for key, value in parameters[rung].items()}
        if below is not None and below not in found:
            found[below] = scored(runs / below)
        if below is not None:
            row |= judge(found[rung], found[below])
        rows.append(row)
    return rows


def attributes(study: dict) -> pd.DataFrame:
    """Which slot is on in which trained rung, and how: a column per slot, empty where it is off;
    and what a rung begins with, where that is another's weights."""
    techniques = {rung: study["techniques"][rung] for rung in study["ladder"] + study["beside"]}
    slots = list(
        dict.fromkeys(
            slot for technique in techniques.values() for slot in technique if slot != "budget"
        )
    )
    rows = [
        {
            "rung": rung,
            **{
                slot: describe(slot, technique[slot]) if slot in technique else None
                for slot in slots
            },
        }
        for rung, technique in techniques.items()
    ]
    if study["starts"]:
        rows = [row | {START: begins(study["starts"], row["rung"])} for row in rows]
    return pd.DataFrame(
        [{"dataset": dataset, **row} for dataset in study["datasets"] for row in rows]
    )
