"""What the Snakefile reads at its start: which study is run, which jobs it has, and which of them
must run.

Snakemake goes by dates, by lists of inputs and by its own books of earlier runs; neither DVC nor
git keeps those. So a job's inputs have the same names in every run, and they are `ancient`, which
takes their dates away, unless their maker runs now; one more input, the job's mark, is new where
the records say that it must run (plan.py), and nowhere else.

Where a job runs, its files are not `ancient` for those that must run after it: behind a job that
runs, Snakemake (9.27, dag.py, update_needrun) looks for no other reason to run one, however far
behind. So the records of all jobs before it are inputs of a job, too.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import yaml

from stages import files, records
from stages.command import Problem, refused
from stages.jobs import threads
from stages.study import data
from stages.study.loader import Dumper
from stages.study.params import PARAMS, refuse_missing_lists
from stages.study.source import Source, read
from stages.study.study import load, validate
from stages.workflow import flags, kept, marks, own_python, turns
from stages.workflow.hashes import Hashes
from stages.workflow.jobs import Job, Jobs, flat
from stages.workflow.plan import Plan, planned

OWN = Path(".snakemake/rungs")
LIST_OF_STUDIES = "reports/index.html"


def of_run(workflow):
    """The graph of a Snakemake run. Raises Snakemake's WorkflowError, with one line, for a study
    that is not valid, before any work starts."""
    configs = workflow.configfiles, workflow.config_settings.config
    with _one_line():
        _refuse_elsewhere()
        if workflow.is_main_process:
            flags.refuse_twice(sys.argv)
        own_python.lead(OWN / "bin")
        threads.unbind()
        return Graph(*configs, main=workflow.is_main_process, forces=lambda: _forces(workflow))


def _forces(workflow) -> bool:
    """Whether a Snakemake run makes what need not be made, too (-F, -R, -f)."""
    asked = workflow.dag_settings
    return bool(asked and (asked.forceall or asked.forcerun or asked.forcetargets))


@contextmanager
def _one_line() -> Iterator[None]:
    """Raise for Snakemake, with its one line, what is a Problem inside, or the system refuses."""
    from snakemake.exceptions import WorkflowError

    try:
        yield
    except Problem as problem:
        raise WorkflowError(f"error: {problem}") from None
    except OSError as error:
        raise WorkflowError(f"error: {refused(error)}") from None


def _refuse_elsewhere() -> None:
    if not os.path.samefile(records.ROOT, Path.cwd()):
        why = "Rungs runs in its own clone, where its studies, results and DVC's books are"
        raise Problem(f"{Path.cwd()}: {why}; cd {records.ROOT}, and run it there")


def left() -> list[Job]:
    """The jobs of params.yaml's study whose files are not what they would make now, as the disk has
    it at this moment. Raises Problem for a study that is not valid."""
    now = Graph([], {}, main=False)
    return [job for job in now.jobs.all if now.plan.needed(job)]


class Graph:
    """The study of one Snakemake run, its jobs and which of them must run; `forces` says whether
    others run, too. Raises Problem for a study that is not valid."""

    def __init__(
        self,
        configfiles: Iterable[str],
        overrides: dict,
        main: bool = True,
        forces: Callable[[], bool] = lambda: False,
    ):
        source, self.params = _source([Path(file) for file in configfiles], overrides)
        self.study = validate(source)
        self.hashes = Hashes(OWN / "hashes.json")
        self.recipes = kept.recipes_of(self.study, OWN / "recipes", self.hashes)
        data_recipes = data.recipes(self.study)
        if overrides:
            _dump(self.params, source)
        self.jobs = Jobs(self.study, self.recipes, self.params)
        will_be = planned(self.jobs, data_recipes)
        self.plan = Plan(self.jobs, will_be, self.hashes)
        # Before Snakemake asks: where that fails, it leaves jobs out without a word.
        self.why = {job: self.plan.why(job) for job in self.jobs.all}
        self.forces, self.told = forces, False
        if main:
            self._renew_marks()
            self.hashes.keep()

    @cached_property
    def is_params_yaml(self) -> bool:
        """Whether this run's study is the one of params.yaml, so that its results may be committed
        to DVC."""
        try:
            return self.study == load(PARAMS)
        except Problem:
            return False

    def inputs(self, stage: str):
        """What the jobs of a stage read, by name, for Snakemake's `unpack`: a function of their
        wildcards."""

        def of(wildcards) -> dict[str, list | str]:
            from snakemake.io import ancient

            job = _job(stage, wildcards)

            def flagged(paths: str | list[str]):
                if not isinstance(paths, str):
                    return [flagged(path) for path in paths if not self._comes_back(job, path)]
                if self._comes_back(job, paths):
                    return []
                return paths if self.plan.waits(job, paths) else ancient(paths)

            reads = self.jobs.reads(job) | {"before": self.jobs.before(job)}
            return {name: flagged(paths) for name, paths in reads.items()}

        return of

    def _comes_back(self, job: Job, path: str) -> bool:
        """Whether a file is gone, will be made again as it was, and the job that reads it does not
        run: Snakemake runs whoever reads a file that is not there, `ancient` or not."""
        runs = self.plan.needed(job) or self.forces()
        return not runs and not os.path.exists(path)

    def mark(self, stage: str):
        """The mark of the jobs of a stage, a function of their wildcards; its flag `why` says why a
        job must run, for what Snakemake prints of it."""

        def of(wildcards) -> str:
            from snakemake.io import ancient, flag

            job = _job(stage, wildcards)
            mark = flag(str(self._mark(job)), "why", self.why[job])
            return mark if self.plan.needed(job) else ancient(mark)

        return of

    @property
    def list_of_studies(self) -> list[str]:
        """The list that a report renews, which is no study's own: as an output where it is there or
        will be, so that no job runs because another study's run has removed it."""
        runs = self.plan.needed(Job("report")) or self.forces()
        return [LIST_OF_STUDIES] if runs or os.path.exists(LIST_OF_STUDIES) else []

    def start_flag(self, wildcards) -> str:
        """The flag of the training job that names the weights that it begins with."""
        weights = self.jobs.reads(Job("train", wildcards.dataset, wildcards.rung)).get("start")
        return f" --start {weights}" if weights else ""

    def begin(self) -> None:
        """Before the first job: take the turn, keep what is known of one's own images, and give
        files that are dated in the future the date of now, because Snakemake ends a job that reads
        one, and removes what it made. Raises Snakemake's WorkflowError where DVC is at work."""
        with _one_line():
            turns.take()
        turns.end_as_terminated()
        data.recipes(self.study, keep=True)
        read = {
            path
            for job in self.jobs.all
            for path in [*flat(self.jobs.reads(job)), *self.jobs.before(job)]
        }
        marked = {str(path) for path in (OWN / "marks").rglob("*.mark")}
        for path in read | marked | set(records.code_of("check")):
            if _date(path) > time.time():
                os.utime(path)

    def _renew_marks(self) -> None:
        """Renew them all before Snakemake looks for one: it lists a folder just once. Not in the
        processes of jobs, which look at files that are being made."""
        newest = max(_date(path) for job in self.jobs.all for path in self.jobs.writes(job))
        for job in self.jobs.all:
            marks.renew(self._mark(job), self.plan.needed(job), newest)

    def _mark(self, job: Job) -> Path:
        return OWN / "marks" / f"{self.jobs.record(job)}.mark"


def _date(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except FileNotFoundError:
        return 0.0


def code_of(stage: str):
    """The code that a stage runs, as Snakemake's input: its dates say nothing."""
    from snakemake.io import ancient

    return [ancient(path) for path in records.code_of(stage)]


def _job(stage: str, wildcards) -> Job:
    return Job(stage, getattr(wildcards, "dataset", ""), getattr(wildcards, "rung", ""))


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


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
