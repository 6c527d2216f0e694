"""What the Snakefile asks at its start: which study is run, which of its results are still its own, and which files a job has.

Snakemake goes by the dates of files, and neither DVC nor git keeps those. So whether a rung is trained again is decided by content: a run's
recipe.json is what made it, and only where the study says something else now is the recipe an input of its job.

Not `ancient`, where a job makes the input: when that job runs, Snakemake (9.27, dag.py, update_needrun) looks for no other reason to run
what stands on it, trusting that it will run because of it, which `ancient` then prevents: changed data would go unseen.
"""

import contextlib
import os
import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import yaml

from stages import files
from stages.command import Problem
from stages.study.loader import Dumper
from stages.study.recipe import recipes
from stages.study.source import Source, read
from stages.study.study import load, validate

PARAMS = Path("params.yaml")
# With the templates of what the page shows of one task.
CODE = sorted(str(file) for ending in ("py", "j2") for file in Path("stages").rglob(f"*.{ending}"))
# The rooms that a stage runs code of; training's code is part of the recipes.
ROOMS_OF = {"normalize": (), "evaluate": ("scoring",), "report": ("page", "scoring", "study", "techniques")}
READY_MADE = sorted(str(file) for file in Path("studies").glob("*.yaml"))
NORMALIZED = ["train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy", "statistics.json", "classes.json"]
TRAINED = [
    "recipe.json", "weights.safetensors", "history.csv", "diagnostics.csv", "histograms.csv", "layers.csv", "predictions.npz",
    "record.json", "cost.json",
]  # fmt: skip
COMBINED = ["recipe.json", "predictions.npz"]
EVALUATED = [
    "metrics.json", "members.csv", "per_class.csv", "confusion.csv", "curve.csv", "calibration.csv", "robustness.csv", "scores.npz",
    "images.npz",
]  # fmt: skip


class Graph:
    """The study of one Snakemake run. Leaves with 1 and one line where it is not valid, before any work starts."""

    def __init__(self, configfiles: Iterable[str], overrides: dict):
        try:
            source, self.params = _source([Path(file) for file in configfiles], overrides)
            self.study = validate(source)
            self.recipes = recipes(self.study)
            if overrides:
                _dump(self.params, source)
        except Problem as problem:
            sys.exit(f"error: {problem}")
        self.root = Path("runs") / self.study.study

    @cached_property
    def is_params_yaml(self) -> bool:
        """Whether this run's study is the one of params.yaml, so that its results may be committed to DVC."""
        try:
            return self.study == load(PARAMS)
        except Problem:
            return False

    def predictions_input(self, wildcards) -> str:
        """The predictions that an ensemble combines."""
        return str(self.root / wildcards.dataset / self.recipes[wildcards.rung]["of"] / "predictions.npz")

    def params_input(self, wildcards):
        """The study file; it counts as newer than what `check` wrote only where that is not what the study says now."""
        written = {self.root / "study.json": files.canonical(self.study.model_dump())}
        written |= {self._recipe(rung): files.canonical(recipe) for rung, recipe in self.recipes.items()}
        if all(_holds(path, text) for path, text in written.items()):
            from snakemake.io import ancient

            return ancient(str(self.params))
        return _newer(self.params, self.root / "study.json")

    def recipe_input(self, wildcards) -> str | list:
        """A rung's recipe; no input at all where the run that is there came from that very recipe."""
        text = files.canonical(self.recipes[wildcards.rung])
        recipe, made_by = self._recipe(wildcards.rung), self.root / wildcards.dataset / wildcards.rung / "recipe.json"
        if _holds(made_by, text):
            # The job does not wait for `check`: it must find its recipe there, whoever took it away.
            if not recipe.is_file():
                files.write(recipe, text)
            return []
        # Where it is not there, or says something else, `check` will write it anew.
        return _newer(recipe, made_by) if _holds(recipe, text) else str(recipe)

    def checked_input(self, wildcards) -> str | list:
        """What a download waits for; no input at all where the data set is there, because nothing of it depends on the study."""
        return [] if Path(f"data/raw/{wildcards.dataset}.npz").exists() else "runs/checked"

    def _recipe(self, rung: str) -> Path:
        return self.root / "recipes" / f"{rung}.json"


def code_of(stage: str) -> list[str]:
    """The files of this project's code that a stage runs, room by room, but for the door that all of them have."""
    files = [f"stages/{stage}.py", "stages/files.py"]
    return sorted(files + [file for file in CODE if file.startswith(tuple(f"stages/{room}/" for room in ROOMS_OF[stage]))])


def _source(configfiles: list[Path], overrides: dict) -> tuple[Source, Path]:
    """The study as written, and the file that holds it: that of --configfile as it is, or params.yaml; with --config, a merged copy."""
    if len(configfiles) > 1:
        raise Problem(f"--configfile: found {len(configfiles)} files; a study is one whole file, name one")
    path = configfiles[0] if configfiles else PARAMS
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    source = read(path)
    if overrides:
        source.override(overrides)
        path = Path(".snakemake/rungs") / f"{source.values.get('study')}.yaml"
    return source, path


def _dump(path: Path, source: Source) -> None:
    text = yaml.dump(source.values, Dumper=Dumper, sort_keys=False, allow_unicode=True)
    if not _holds(path, text):
        files.write(path, text)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _newer(path: Path, result: Path) -> str:
    """`path`, which contradicts `result`: where it is the older one, moved back or checked out by DVC, it gets the date of now."""
    with contextlib.suppress(OSError):
        if path.stat().st_mtime <= result.stat().st_mtime:
            os.utime(path)
    return str(path)
