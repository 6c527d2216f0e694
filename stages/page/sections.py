"""What the page shows of each data set, from the study's tables and the records of its runs."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.page import cells, choices, data, expectations, inside, tasks
from stages.page.prose import said, told
from stages.page.tables.runs import source
from stages.page.text import join, words
from stages.scoring import tasks as scored
from stages.scoring.findings import compared
from stages.scoring.reasons import changes
from stages.scoring.score import Score
from stages.study.comparisons import comparisons, own_budget
from stages.study.local import on
from stages.study.options import explanation

# What is done to images by each kind of transformation.
DONE = {
    "translation": "translated",
    "rotation": "rotated",
    "scale": "scaled",
    "brightness": "made darker and brighter",
}


def all_of(
    study: dict, runs: Path, normalized: Path, made: dict[str, pd.DataFrame], score: Score
) -> dict:
    """What the page shows of the task, of every data set (`normalized` has its test images), and of
    several side by side."""
    several = len(study["datasets"]) > 1
    return {
        "task": tasks.load(study["task"]),
        "on_the_way": scored.load(study["task"]).ON_THE_WAY,
        "sections": [
            section(on(study, dataset), runs, normalized / dataset, made, score)
            for dataset in study["datasets"]
        ],
        "side_by_side": cells.side_by_side(study, made["ladder"], score) if several else None,
        "best": cells.best(made["best"], made["ladder"], score) if several else None,
    }


def section(
    study: dict, runs: Path, normalized: Path, made: dict[str, pd.DataFrame], score: Score
) -> dict:
    """What the page shows of one data set, of which `normalized` is the folder, of a study as it is
    there (study/local.py)."""
    dataset, tested = normalized.name, np.load(normalized / "test_images.npy", mmap_mode="r")
    of = {
        name: table[table["dataset"] == dataset]
        for name, table in made.items()
        if "dataset" in table
    }
    last, trained = study["ladder"][-1], study["ladder"] + study["beside"]
    hashes = {rung: files.sha256(runs / dataset / rung / "recipe.json") for rung in trained}
    return {
        "dataset": dataset,
        "groups": study["comparisons"],
        "beside": study["beside"],
        "comparisons": _counted(made["ladder"]),
        "views": {view.name: view for view in _views(study, of, hashes, score) if view.rows},
        "last": last,
        "source": source(runs / dataset / last),
        "test_images": int(of["ladder"]["test_images"].iloc[0]),
        "transformed_images": int(of["robustness"]["images"].max()) if len(of["robustness"]) else 0,
        "transformed": transformed(dict.fromkeys(of["robustness"]["transform"])),
        "stops": any("stopping" in study["techniques"][rung] for rung in trained),
        "shown": tasks.load(study["task"]).shown(study, runs / dataset / last, of, tested),
        "predictions": expectations.counted(of["expectations"]),
        "choices": choices.chosen(of["choices"], score),
        "choices_took": choices.took(of["choices"], study, of["cost"]),
        **_sentences(study, of, score),
        **_origin(
            {rung: files.read_json(runs / dataset / rung / "record.json") for rung in trained}, last
        ),
    }


def transformed(kinds: Iterable[str]) -> str:
    """What is done to images, by the names of transformations: `images are moved, or rotated`."""
    done = [DONE[kind] for kind in kinds]
    return f"images are {', '.join([*done[:-1], f'or {done[-1]}'] if done[1:] else done)}"


def _views(
    study: dict, of: dict[str, pd.DataFrame], hashes: dict[str, str], score: Score
) -> list[cells.View]:
    """Tables of one data set, in any order: the template calls each by its name."""
    techniques = {rung: study["techniques"][rung] for rung in hashes}
    said = {rung: remarks(technique) for rung, technique in techniques.items()}
    said = {rung: ", ".join(texts) for rung, texts in said.items() if texts}
    return [
        cells.ladder(of["ladder"], ideas(study), said, score),
        cells.attributes(of["attributes"]),
        cells.expectations(study, of["expectations"], of["ladder"]["dataset"].iloc[0]),
        *cells.groups(study, of["ladder"], of["axes"], said, score),
        cells.claims(of["claims"]),
        cells.robustness(of["robustness"], score),
        cells.against_best(of["against_best"], score),
        cells.diversity(of["diversity"]),
        cells.folds(of["folds"], score),
        cells.gaps(of["gaps"], score),
        cells.reasons(of["reasons"]),
        cells.cost(of["cost"], of["ladder"], score),
        cells.runs(of["cost"], hashes),
        *tasks.load(study["task"]).views(study, of),
    ]


def remarks(technique: dict) -> list[str]:
    """What sets the members of a resolved technique apart from those of others."""
    budget = own_budget(technique)
    texts = [f"own budget: {budget}"] if budget else []
    if "split" in technique:
        texts.append("members differ by fold, too")
    if "bootstrap" in technique.get("sampling", {}):
        texts.append("members differ by sample, too")
    if "boosting" in technique:
        texts.append("members build on each other")
    return texts


def _sentences(study: dict, of: dict[str, pd.DataFrame], score: Score) -> dict[str, list[str]]:
    compared = list(dict.fromkeys((rung, below) for rung, below, *_ in comparisons(study)))
    return {
        **said(of["ladder"], of["best"].iloc[0], score),
        "reasons": inside.why(of["reasons"], of["inside"]),
        "faults": inside.faults(of["faults"]),
        "inside": inside.changed(changes(of["diagnostics"], compared)),
        "told": told(of["claims"]),
        "of_data": data.said(of["data"], score),
    }


def _origin(records: dict[str, dict], last: str) -> dict:
    """What made the rungs: the environment and data of the last one, what was not the same for
    all, and every recipe."""
    environments = {rung: _in_words(record["environment"]) for rung, record in records.items()}
    return {
        "environment": environments[last],
        "unlike": unlike(environments),
        "data": records[last]["data"],
        "recipes": {rung: files.canonical(record["recipe"]) for rung, record in records.items()},
    }


def _in_words(environment: dict) -> dict[str, str]:
    """What a reader reads of an environment: yes or no for true or false."""
    said = {True: "yes", False: "no"}
    return {
        words(key): said[value] if isinstance(value, bool) else str(value)
        for key, value in environment.items()
    }


def _counted(ladder: pd.DataFrame) -> str:
    """What has been compared in the whole study: `10 comparisons (9 steps of the ladder,
    1 ensemble)`; nothing where that is nothing."""
    kinds = {
        "trained": "step{} of the ladder",
        "beside": "comparison{} beside the ladder",
        "combined": "ensemble{}",
    }
    first = ~pd.Series(compared(ladder), index=ladder.index).duplicated()
    judged = ladder[["p", "learned_p"]].notna().any(axis=1)
    counts = ladder[judged & first]["kind"].value_counts()
    texts = [_many(counts[kind], text) for kind, text in kinds.items() if kind in counts]
    return f"{_many(counts.sum(), 'comparison{}')} ({', '.join(texts)})" if texts else ""


def _many(count: int, text: str) -> str:
    return f"{count} {text.format('' if count == 1 else 's')}"


def unlike(environments: dict[str, dict]) -> list[str]:
    """What was not the same for all rungs, of the environments that they were trained in:
    "torch: 2.12 (basic), 2.13 (relu, dropout)"."""
    texts = []
    for key in dict.fromkeys(key for environment in environments.values() for key in environment):
        rungs: dict[str, list[str]] = {}
        for rung, environment in environments.items():
            rungs.setdefault(str(environment.get(key)), []).append(rung)
        if len(rungs) > 1:
            texts.append(
                f"{key}: " + ", ".join(f"{value} ({join(names)})" for value, names in rungs.items())
            )
    return texts


def ideas(study: dict) -> dict[str, list[str]]:
    """Of each rung, a sentence on every name that its recipe brings in and no rung before it
    has."""
    known: set[tuple[str, str]] = set()
    found = {}
    for rung in study["ladder"] + study["beside"]:
        slots = {
            slot: value for slot, value in study["techniques"][rung].items() if slot != "budget"
        }
        names = [
            (slot, name)
            for slot, value in slots.items()
            for choice in (value if isinstance(value, list) else [value])
            for name in choice
        ]
        new = [(slot, name) for slot, name in names if (slot, name) not in known]
        found[rung] = [
            f"{words(name)[0].upper()}{words(name)[1:]}: {explanation(slot, name).replace('`', '')}"
            for slot, name in new
        ]
        known.update(names)
    return found
