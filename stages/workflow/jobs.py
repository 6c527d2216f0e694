"""The jobs of a study: what each reads and writes, and where its record of both lies.

The Snakefile takes its inputs from here, and the names of its outputs from records.py; dvc.yaml
says the same again, as DVC needs it.
"""

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from stages import records
from stages.study.schema import Study

# Constant text: what waits for it never runs again because of it.
CHECKED = "runs/checked"
LOOKS = {
    "claims": "reports/claims.yaml",
    "template": "reports/template.html.j2",
    "index_template": "reports/studies.html.j2",
    "summary_template": "reports/summary.md.j2",
    "style": "reports/style.css",
    "script": "reports/page.js",
}
Paths = dict[str, str | list[str]]


class Job(NamedTuple):
    """One job: its stage, and the data set and the rung that it is for, where it is for one."""

    stage: str
    dataset: str = ""
    rung: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


class Jobs:
    """All jobs of a validated study; `recipes` are those of its rungs, `params` is its file."""

    def __init__(self, study: Study, recipes: dict[str, dict], params: Path):
        self.study, self.recipes, self.params = study, recipes, params
        self.runs, self.report = f"runs/{study.study}", f"reports/{study.study}"

    @cached_property
    def all(self) -> list[Job]:
        """Every job, in the order of the data."""
        places, of_data = rungs_of(self.study), ("download", "normalize")
        return [
            Job("check"),
            *(Job(stage, name) for stage in of_data for name in self.study.datasets),
            *(Job(*place) for place in places),
            *(Job("evaluate", dataset, rung) for _, dataset, rung in places),
            Job("report"),
        ]

    def reads(self, job: Job) -> Paths:
        """{name: path or paths} of what a job reads, but for its code."""
        return getattr(self, f"_{job.stage}_reads")(job)

    def writes(self, job: Job) -> list[str]:
        """The files and folders that a job writes, its record among them."""
        if job.stage == "check":
            return [CHECKED, *self.recipes_written, f"{self.runs}/study.json", self.record(job)]
        if job.stage == "download":
            return [f"data/raw/{job.dataset}.npz", self.record(job)]
        folder = self._folder(job)
        return [*(f"{folder}/{name}" for name in records.WRITES[job.stage]), self.record(job)]

    def hashed(self, job: Job) -> list[Path]:
        """The files and folders whose hashes a job's record holds."""
        if job.stage == "check":
            recipes = [Path(path) for path in self.recipes_written if path.startswith("data/")]
            return [
                Path(CHECKED),
                Path(self.runs, "study.json"),
                Path(self.runs, "recipes"),
                *recipes,
            ]
        return [Path(path) for path in self.writes(job) if path != self.record(job)]

    def record(self, job: Job) -> str:
        """Where a job writes down what it read and wrote."""
        if job.stage == "check":
            # Not in the study's folder, which the report depends on as a whole.
            return f"{self.runs}.check.json"
        if job.stage == "download":
            return f"data/raw/{job.dataset}.json"
        return f"{self._folder(job)}/{job.stage}.json"

    def recipe(self, rung: str) -> str:
        """Where `check` writes the recipe of a rung."""
        return f"{self.runs}/recipes/{rung}.json"

    @cached_property
    def recipes_written(self) -> list[str]:
        """The recipes that `check` writes: of rungs, and of data sets."""
        rungs = [self.recipe(rung) for rung in self.recipes]
        return rungs + [f"data/recipes/{name}.json" for name in self.study.datasets]

    @cached_property
    def makers(self) -> dict[str, Job]:
        """Which job writes a file."""
        return {path: job for job in self.all for path in self.writes(job)}

    def before(self, job: Job) -> list[str]:
        """The records of all jobs that come before a job, near or far, but for those it reads."""
        found: dict[Job, None] = {}
        queue = [job]
        while queue:
            made_by = [self.makers.get(path) for path in flat(self.reads(queue.pop()))]
            new = dict.fromkeys(maker for maker in made_by if maker is not None)
            queue += [maker for maker in new if maker not in found]
            found |= new
        read = set(flat(self.reads(job)))
        return sorted({self.record(maker) for maker in found} - read)

    def _folder(self, job: Job) -> str:
        if job.stage == "report":
            return self.report
        if job.stage == "normalize":
            return f"data/normalized/{job.dataset}"
        return f"{self.runs}/{job.dataset}/{job.rung}"

    def _check_reads(self, job: Job) -> Paths:
        return {"params": str(self.params)}

    def _download_reads(self, job: Job) -> Paths:
        return {"recipe": f"data/recipes/{job.dataset}.json"}

    def _normalize_reads(self, job: Job) -> Paths:
        return {"raw": f"data/raw/{job.dataset}.npz"}

    def _train_reads(self, job: Job) -> Paths:
        folder = f"data/normalized/{job.dataset}"
        arrays = ("train_images", "train_labels", "test_images")
        begins = self.recipes[job.rung].get("start")
        return {
            "recipe": self.recipe(job.rung),
            **{name: f"{folder}/{name}.npy" for name in arrays},
            "classes": f"{folder}/classes.json",
            **({"start": self._weights(begins)} if begins else {}),
        }

    def _weights(self, begins: dict) -> str:
        return f"{self.runs}/{begins['dataset']}/{begins['rung']}/weights.safetensors"

    def _ensemble_reads(self, job: Job) -> Paths:
        of = self.recipes[job.rung]["of"]
        return {
            "recipe": self.recipe(job.rung),
            "predictions": f"{self.runs}/{job.dataset}/{of}/predictions.npz",
        }

    def _evaluate_reads(self, job: Job) -> Paths:
        folder, run = f"data/normalized/{job.dataset}", self._folder(job)
        return {
            "recipe": f"{run}/recipe.json",
            "predictions": f"{run}/predictions.npz",
            "test_images": f"{folder}/test_images.npy",
            "test_labels": f"{folder}/test_labels.npy",
            **{name: f"{folder}/{name}.json" for name in ("classes", "facts")},
        }

    def _report_reads(self, job: Job) -> Paths:
        return {
            "study": f"{self.runs}/study.json",
            "runs": of_runs(self.study, self.runs),
            # DVC's stages can't list files by data set; what it depends on pins them: evaluate's
            # records.
            "tested": [f"data/normalized/{name}/test_images.npy" for name in self.study.datasets],
            "studies": [path.as_posix() for path in records.below(Path("studies"))],
            **LOOKS,
        }


def rungs_of(study: Study) -> list[tuple[str, str, str]]:
    """(stage, data set, rung) of all that makes predictions, in the order of the data."""
    combined = [ensemble.name for ensemble in study.ensembles]
    named = [("train", rung) for rung in study.trained]
    joined = [("ensemble", rung) for rung in combined]
    return [
        *((stage, name, rung) for name in study.datasets for stage, rung in named),
        *(("train", start.dataset, start.rung) for start in study.starts),
        *((stage, name, rung) for name in study.datasets for stage, rung in joined),
    ]


def of_runs(study: Study, runs: str) -> list[str]:
    """The files below the folder `runs` that the report of a study is made of, but for
    study.json."""
    names = [*study.trained, *study.started, *(ensemble.name for ensemble in study.ensembles)]
    recipes = [f"{runs}/recipes/{name}.json" for name in names]
    return recipes + [
        f"{runs}/{dataset}/{rung}/{file}"
        for made_by, dataset, rung in rungs_of(study)
        for stage in (made_by, "evaluate")
        for file in [*records.WRITES[stage], f"{stage}.json"]
    ]


def flat(reads: Paths) -> list[str]:
    """All paths of what a job reads."""
    return [
        path for paths in reads.values() for path in ([paths] if isinstance(paths, str) else paths)
    ]
