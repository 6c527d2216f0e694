"""What the page shows of each data set, from the study's tables and the records of its runs."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.page import cells
from stages.page.images import compared, errors, grid, samples
from stages.page.prose import headline, inside, join, reasons, told, words
from stages.study.comparisons import comparisons, own_budget
from stages.study.options import explanation


def section(study: dict, runs: Path, dataset: str, made: dict[str, pd.DataFrame]) -> dict:
    """What the page shows of one data set."""
    of = {name: table[table["dataset"] == dataset] for name, table in made.items() if "dataset" in table}
    ladder, last, trained = of["ladder"], study["ladder"][-1], study["ladder"] + study["beside"]
    names = list(dict.fromkeys(of["confusion"]["truth"]))
    records = {rung: files.read_json(runs / dataset / rung / "record.json") for rung in trained}
    budgets = {rung: text for rung in trained if (text := own_budget(study["techniques"][rung]))}
    made_views = [
        cells.ladder(ladder, ideas(study), budgets),
        cells.attributes(of["attributes"]),
        *([cells.left_out(ladder, budgets)] if study["beside"] or study["comparisons"] else []),
        cells.claims(of["claims"]),
        cells.per_class(of["per_class"][of["per_class"]["rung"] == last]),
        cells.calibration(ladder),
        cells.robustness(of["robustness"]),
        cells.against_best(of["against_best"]),
        cells.cost(of["cost"], ladder),
        cells.runs(of["cost"], {rung: files.sha256(runs / dataset / rung / "recipe.json") for rung in trained}),
    ]
    with np.load(runs / dataset / last / "images.npz") as pictures:
        shown = {name: pictures[name] for name in pictures.files}
    return {
        "dataset": dataset,
        "comparisons": _counted(made["ladder"]),
        "headline": headline(ladder, len(names)),
        "inside": inside(of["diagnostics"], comparisons(study)),
        "told": told(of["claims"]),
        "reasons": reasons(of["diagnostics"], ladder, len(names), study["techniques"]),
        "views": {view.name: view for view in made_views if view.rows},
        "last": last,
        "test_images": int(ladder["test_images"].iloc[0]),
        "transformed_images": int(of["robustness"]["images"].iloc[0]),
        "grid": grid(shown, names),
        "samples": samples(shown, names),
        "errors": errors(shown, names),
        "compared": compared(of["predictions"], shown),
        "environment": records[last]["environment"],
        "unlike": unlike({rung: record["environment"] for rung, record in records.items()}),
        "data": records[last]["data"],
        "recipes": {rung: files.canonical(record["recipe"]) for rung, record in records.items()},
        "stops": any("stopping" in study["techniques"][rung] for rung in trained),
    }


def _counted(ladder: pd.DataFrame) -> str:
    """What has been compared in the whole study: `11 comparisons (9 steps of the ladder, 2 ensembles)`; nothing where that is nothing."""
    kinds = {"trained": "steps of the ladder", "ablation": "beside the ladder", "combined": "ensembles"}
    counts = ladder[ladder["p"].notna()]["kind"].value_counts()
    if not len(counts):
        return ""
    return f"{counts.sum()} comparisons ({', '.join(f'{counts[kind]} {text}' for kind, text in kinds.items() if kind in counts)})"


def unlike(environments: dict[str, dict]) -> list[str]:
    """What was not the same for all rungs, of the environments that they were trained in: "torch: 2.12 (basic), 2.13 (relu, dropout)"."""
    texts = []
    for key in dict.fromkeys(key for environment in environments.values() for key in environment):
        rungs: dict[str, list[str]] = {}
        for rung, environment in environments.items():
            rungs.setdefault(str(environment.get(key)), []).append(rung)
        if len(rungs) > 1:
            texts.append(f"{key}: " + ", ".join(f"{value} ({join(names)})" for value, names in rungs.items()))
    return texts


def ideas(study: dict) -> dict[str, list[str]]:
    """Of each rung, a sentence on every name that its recipe brings in and no rung before it has."""
    known: set[tuple[str, str]] = set()
    found = {}
    for rung in study["ladder"] + study["beside"]:
        slots = {slot: value for slot, value in study["techniques"][rung].items() if slot != "budget"}
        names = [
            (slot, name) for slot, value in slots.items() for choice in (value if isinstance(value, list) else [value]) for name in choice
        ]
        new = [(slot, name) for slot, name in names if (slot, name) not in known]
        found[rung] = [f"{words(name)[0].upper()}{words(name)[1:]}: {explanation(slot, name).replace('`', '')}" for slot, name in new]
        known.update(names)
    return found
