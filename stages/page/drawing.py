"""Which figures a study's page has, and which rungs they show."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from stages import files
from stages.page import figures, tasks
from stages.page.tables.groups import parts, rows
from stages.scoring.findings import contrasted
from stages.scoring.score import Score
from stages.study.local import on


def write_figures(
    study: dict, made: dict[str, pd.DataFrame], score: Score, folder: Path
) -> dict[str, str]:
    """Write every figure as SVG into a fresh `folder`, one of a kind for each data set, and
    return them by name."""
    drawn = {}
    for dataset in study["datasets"]:
        of = {name: table[table["dataset"] == dataset] for name, table in made.items()}
        for family in FAMILIES:
            drawn |= {
                f"{dataset}-{name}": figures.svg(figure)
                for name, figure in family(on(study, dataset), of, score)
            }
    shutil.rmtree(folder, ignore_errors=True)
    for name, figure in drawn.items():
        files.write(folder / f"{name}.svg", figure)
    return drawn


def main_figure(study: dict, made: dict[str, pd.DataFrame], score: Score) -> str:
    """The figure that stands for a study, of its first data set: its first group's, or else the
    ladder's."""
    first = study["datasets"][0]
    of = {name: table[table["dataset"] == first] for name, table in made.items()}
    here = on(study, first)
    family = _groups if here["comparisons"] else _ladder
    return figures.svg(next(family(here, of, score))[1])


Tables = dict[str, pd.DataFrame]
Named = Iterator[tuple[str, plt.Figure]]


def _ladder(study: dict, of: Tables, score: Score) -> Named:
    rows = of["ladder"][of["ladder"]["kind"].isin(["trained", "combined"])]
    yield "ladder", figures.ladder(rows, of["members"], score)
    yield "ladder_narrow", figures.ladder_narrow(rows, of["members"], score)


def _groups(study: dict, of: Tables, score: Score) -> Named:
    for number, group in enumerate(study["comparisons"], start=1):
        found, places = rows(of["ladder"], group, of["axes"]), parts(group)
        if "y" in places:
            figure = figures.heat(found, places, score)
        elif "x" in places:
            figure = figures.line(found, of["members"], places, score)
        else:
            figure = figures.ladder(found, of["members"], score)
        yield f"group-{number}", figure


def _training(study: dict, of: Tables, score: Score) -> Named:
    yield "curves", figures.curves(of["epochs"], score)
    first = of["history"][of["history"]["member"] == 0]
    if first.groupby("rung")["learning_rate"].nunique().max() > 1:
        yield "rates", figures.rates(first)


def _inside(study: dict, of: Tables, score: Score) -> Named:
    yield "gradients", figures.gradients(of["diagnostics"])
    within = of["diagnostics"][of["diagnostics"]["moment"] == "training"]
    if within["update_ratio"].notna().any():
        yield "updates", figures.updates(within)
    yield "constant_units", figures.constant_units(of["diagnostics"])
    yield "histograms", figures.histograms(of["histograms"], of["diagnostics"])


def _robustness(study: dict, of: Tables, score: Score) -> Named:
    if of["robustness"].empty:
        return
    varied = [rung for rung in study["ladder"] if "augmentation" in study["techniques"][rung]]
    shown = contrasted(study["ladder"], varied, of["best"]["rung"].iloc[0])
    yield "robustness", figures.robustness(of["robustness"], shown, score)


def _cost(study: dict, of: Tables, score: Score) -> Named:
    if len(of["ensembles"]):
        yield "ensemble", figures.ensemble(of["ensembles"], score)
    counts = of["ladder"].drop_duplicates("rung").set_index("rung")["trainable_parameters"]
    costs = of["cost"].assign(trainable_parameters=of["cost"]["rung"].map(counts))
    yield "cost", figures.cost(costs, score)


def _of_task(study: dict, of: Tables, score: Score) -> Named:
    yield from tasks.load(study["task"]).figures(study, of)


# A family is a function of a study, one data set's tables and the score; it gives figures by name.
FAMILIES = [_ladder, _groups, _training, _inside, _of_task, _robustness, _cost]
