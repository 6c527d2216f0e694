"""Which figures a study's page has, and which rungs they show."""

import shutil
from pathlib import Path

import pandas as pd

from stages import files
from stages.page import figures


def write_figures(study: dict, made: dict[str, pd.DataFrame], folder: Path) -> dict[str, str]:
    """Write every figure as SVG into a fresh `folder`, one of a kind for each data set, and return them by name."""
    drawn = {}
    for dataset in study["datasets"]:
        of = {name: table[table["dataset"] == dataset] for name, table in made.items()}
        drawn |= {f"{dataset}-{name}": figures.svg(figure) for name, figure in _figures(study, of)}
    shutil.rmtree(folder, ignore_errors=True)
    for name, figure in drawn.items():
        files.write(folder / f"{name}.svg", figure)
    return drawn


def _figures(study: dict, of: dict[str, pd.DataFrame]):
    """(name, figure) of everything that is drawn of one data set."""
    classes, last = of["confusion"]["truth"].nunique(), study["ladder"][-1]
    left_out = of["ladder"]["kind"] == "ablation"
    yield "ladder", figures.ladder(of["ladder"][~left_out], of["members"], classes)
    if left_out.any():
        # The colour of what they are compared with is not that of its own step in the ladder.
        against = {group["against"] for group in study["comparisons"]}
        shown = of["ladder"][left_out | of["ladder"]["rung"].isin(against)]
        shown = shown.assign(verdict=shown["verdict"].where(shown["kind"] == "ablation"))
        yield "ablations", figures.ladder(shown, of["members"], classes)
    yield "curves", figures.curves(of["epochs"])
    first = of["history"][of["history"]["member"] == 0]
    if first.groupby("rung")["learning_rate"].nunique().max() > 1:
        yield "rates", figures.rates(first)
    yield "gradients", figures.gradients(of["diagnostics"])
    yield "constant_units", figures.constant_units(of["diagnostics"])
    yield "histograms", figures.histograms(of["histograms"])
    yield "confusion", figures.confusion(of["confusion"][of["confusion"]["rung"] == last])
    combined = of["ladder"].loc[of["ladder"]["kind"] == "combined", "rung"].tolist()
    yield "calibration", figures.calibration(of["calibration"][of["calibration"]["rung"].isin([study["ladder"][0], last, *combined])])
    yield "robustness", figures.robustness(of["robustness"], _contrasted(study, of["ladder"]))
    if len(of["ensembles"]):
        yield "ensemble", figures.ensemble(of["ensembles"])
    yield "cost", figures.cost(of["cost"])


def _contrasted(study: dict, ladder: pd.DataFrame) -> list[str]:
    """The rungs that robustness is shown of in colour: the first, the last one before images are augmented, those that vary them (the
    first and the last), and the best."""
    varied = [rung for rung in study["ladder"] if "augmentation" in study["techniques"][rung]]
    before = [below for below, above in zip(study["ladder"], study["ladder"][1:], strict=False) if above in varied[:1]]
    trained = ladder[ladder["kind"] == "trained"]
    best = trained.loc[trained["accuracy"].idxmax(), "rung"]
    return list(dict.fromkeys([study["ladder"][0], *before, *varied[:1], *varied[-1:], best]))
