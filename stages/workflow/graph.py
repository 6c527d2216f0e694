"""What the Snakefile reads at its start: which study is run, which of its results are still its
own, and which files a job has.

Snakemake goes by the dates of files, and neither DVC nor git keeps those. So whether a rung is
trained again is decided by content: a run's recipe.json is what made it, and where the study has
another recipe now, the job's mark (marks.py) is newer than its results. Planning (a dry run, say)
changes marks and nothing else.

Not `ancient`, where a job makes the input: when that job runs, Snakemake (9.27, dag.py,
update_needrun) looks for no other reason to run what depends on it, trusting that it will run
because of it, which `ancient` then prevents: changed data would go unseen.
"""

import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import yaml

from stages import files
from stages.command import Problem
from stages.study import data
from stages.study.loader import Dumper
from stages.study.params import PARAMS, refuse_missing_lists
from stages.study.recipe import recipes
from stages.study.source import Source, read
from stages.study.study import load, validate
from stages.workflow.marks import Marks

RAW, DATA_RECIPES = Path("data/raw"), Path("data/recipes")
OWN = Path(".snakemake/rungs")
# With the templates of what the page shows of one task.
CODE = sorted(str(file) for ending in ("py", "j2") for file in Path("stages").rglob(f"*.{ending}"))
# The rooms that a stage runs code of; training's code is part of the recipes.
ROOMS_OF = {
    "normalize": (),
    "evaluate": ("scoring",),
    "report": ("page", "scoring", "study", "techniques"),
}
READY_MADE = sorted(str(file) for file in Path("studies").glob("*.yaml"))
NORMALIZED = [
    "train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy",
    "statistics.json", "classes.json",
]  # fmt: skip
TRAINED = [
    "recipe.json", "weights.safetensors", "history.csv", "diagnostics.csv", "histograms.csv",
    "layers.csv", "predictions.npz", "record.json", "cost.json",
]  # fmt: skip
COMBINED = ["recipe.json", "predictions.npz"]
EVALUATED = [
    "metrics.json", "members.csv", "per_class.csv", "confusion.csv", "curve.csv",
    "calibration.csv", "references.csv", "robustness.csv", "scores.npz", "images.npz",
]  # fmt: skip


class Graph:
    """The study of one Snakemake run. Leaves with 1 and one line where it is not valid, before any
    work starts."""

    def __init__(self, configfiles: Iterable[str], overrides: dict, main: bool = True):
        try:
            source, self.params = _source([Path(file) for file in configfiles], overrides)
            self.study = validate(source)
            self.recipes, self.data_recipes = recipes(self.study), data.recipes(self.study)
            if overrides:
                _dump(self.params, source)
        except Problem as problem:
            sys.exit(f"error: {problem}")
        self.root = Path("runs") / self.study.study
        self.marks = Marks(OWN / "marks", main)

    @cached_property
    def is_params_yaml(self) -> bool:
        """Whether this run's study is the one of params.yaml, so that its results may be committed
        to DVC."""
        try:
            return self.study == load(PARAMS)
        except Problem:
            return False

    def predictions_input(self, wildcards) -> str:
        """The predictions that an ensemble combines."""
        return str(
            self.root / wildcards.dataset / self.recipes[wildcards.rung]["of"] / "predictions.npz"
        )

    def start_input(self, wildcards) -> str | list:
        """The weights that a rung begins with; no input at all where it begins by itself."""
        begins = self.recipes[wildcards.rung].get("start")
        if begins is None:
            return []
        return str(self.root / begins["dataset"] / begins["rung"] / "weights.safetensors")

    def start_flag(self, wildcards) -> str:
        """The flag of the training job that names these weights."""
        weights = self.start_input(wildcards)
        return f" --start {weights}" if weights else ""

    def check_mark(self, wildcards):
        """The mark of `check`, which is needed where it wrote something else than it would now."""
        written = {self._recipe(rung): recipe for rung, recipe in self.recipes.items()}
        written |= {self.root / "study.json": self.study.model_dump()}
        unmade = (name for name in self.data_recipes if not self._is_made(name))
        written |= {_data_recipe(name): self.data_recipes[name] for name in unmade}
        holds = (_holds(path, files.canonical(value)) for path, value in written.items())
        return self.marks.of(f"{self.root}/check", not all(holds))

    def recipe_input(self, wildcards) -> list:
        """The mark of a rung's job, which is needed where the run that is there came from another
        recipe; then the recipe, too, because `check` may have to write it first."""
        run = Path(wildcards.dataset) / wildcards.rung
        needed = not self._is_of_its_recipe(run)
        mark = self.marks.of(str(self.root / run), needed)
        return [mark, str(self._recipe(wildcards.rung))] if needed else [mark]

    def data_recipe_input(self, wildcards) -> list:
        """The same for a data set, which all studies share: it waits for `check` only where it has
        to be made."""
        needed = not self._is_made(wildcards.dataset)
        mark = self.marks.of(f"data/{wildcards.dataset}", needed)
        return [mark, "runs/checked", str(_data_recipe(wildcards.dataset))] if needed else [mark]

    def put_back_recipes(self) -> None:
        """Write recipes that are missing, of runs and data sets that are their recipes' own.

        Their jobs do not wait for `check`, but may run for other reasons. DVC takes recipes away
        before it runs `check`, and may then stumble over a mistake in the study; a data set's may
        be another study's. What is known of the files of folders is kept, too.
        """
        data.recipes(self.study, keep=True)
        for rung, recipe in self.recipes.items():
            runs = (Path(dataset) / rung for dataset in self.study.datasets)
            if not self._recipe(rung).is_file() and any(map(self._is_of_its_recipe, runs)):
                files.write_json(self._recipe(rung), recipe)
        for name, recipe in self.data_recipes.items():
            if not _holds(_data_recipe(name), files.canonical(recipe)) and self._is_made(name):
                files.write_json(_data_recipe(name), recipe)

    def _is_made(self, name: str) -> bool:
        """Whether the data set that is there was made by the recipe that the study has for it."""
        return _holds(RAW / f"{name}.json", files.canonical(self.data_recipes[name]))

    def _is_of_its_recipe(self, run: Path) -> bool:
        """Whether the run {dataset}/{rung} came from the recipe that the study has for it now."""
        return _holds(self.root / run / "recipe.json", files.canonical(self.recipes[run.name]))

    def _recipe(self, rung: str) -> Path:
        return self.root / "recipes" / f"{rung}.json"


def code_of(stage: str) -> list[str]:
    """The files of this project's code that a stage runs, room by room, but for command.py, which
    all stages have."""
    rooms = tuple(f"stages/{room}/" for room in ROOMS_OF[stage])
    own = [f"stages/{stage}.py", "stages/files.py"]
    return sorted(own + [file for file in CODE if file.startswith(rooms)])


def _source(configfiles: list[Path], overrides: dict) -> tuple[Source, Path]:
    """The study as written, and the file that holds it: that of --configfile as it is, or
    params.yaml; with --config, a merged copy."""
    if len(configfiles) > 1:
        raise Problem(
            f"--configfile: found {len(configfiles)} files; a study is one whole file, name one"
        )
    path = configfiles[0] if configfiles else PARAMS
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    source = read(path)
    if path == PARAMS:
        refuse_missing_lists(source)
    if overrides:
        source.override(overrides)
        path = OWN / f"{source.values.get('study')}.yaml"
    return source, path


def _dump(path: Path, source: Source) -> None:
    text = yaml.dump(source.values, Dumper=Dumper, sort_keys=False, allow_unicode=True)
    if not _holds(path, text):
        files.write(path, text)


def _data_recipe(name: str) -> Path:
    return DATA_RECIPES / f"{name}.json"


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
