"""Keep DVC in step with Snakemake: what a Snakemake run has made goes into DVC's cache and
dvc.lock, if it is what the records say. Snakemake needs no telling: it goes by the records.

python -m stages.workflow.engines          after a Snakemake run of which DVC was not told
                                           (`make adopt`)
python -m stages.workflow.engines --pull   fetch what others have made (`make pull`)
"""

import atexit
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from stages import command, files
from stages.command import LOG, Problem
from stages.jobs import git
from stages.study.study import Study, load
from stages.workflow.graph import OWN, PARAMS, Graph
from stages.workflow.jobs import Jobs

GRAPH_FILE, LOCK = Path("dvc.yaml"), Path("dvc.lock")
TOLD = OWN / "told.json"
# Our stages in dvc.yaml; those of a list of the study are none where that is empty.
LISTS_OF = {
    "beside": ("train_beside", "evaluate_beside"),
    "starts": ("train_start", "evaluate_start"),
    "ensembles": ("ensemble", "evaluate_ensemble"),
}
STAGES = {
    "check", "download", "normalize", "train", "evaluate", "report",
    *(name for names in LISTS_OF.values() for name in names),
}  # fmt: skip


def after_snakemake(graph) -> None:
    """Put what a Snakemake run has made into DVC's cache and dvc.lock, or say why not.

    Only the whole of params.yaml's study is committed, and only where every file agrees with the
    record of what made it, by the study and the code that are there now: DVC would take what was
    trained with --config, or only dated anew, for that of params.yaml.
    """
    if not graph.is_params_yaml:
        why = "this run's study is not the one of params.yaml (--config or --configfile)"
        _say(f"not committed to DVC: {why}")
    elif left := graph.left():
        jobs = "1 job of the study is" if len(left) == 1 else f"{len(left)} jobs of the study are"
        what = "run snakemake for them, or make adopt once they are done"
        _say(f"not committed to DVC: {jobs} left ({left[0]}); {what}")
    else:
        commit()


def tell_at_exit(graph, workflow) -> None:
    """Tell DVC at the end of a Snakemake run that calls no `onsuccess`, because it had nothing to
    do or runs these rules as a module of others, of what wasn't told. Asking tells nothing."""

    def tell() -> None:
        # What only lists or draws has no executor.
        if workflow.executor_plugin is None or workflow.dryrun or not graph.is_params_yaml:
            return
        if _told() != _books(graph.study) and not graph.left():
            commit()

    if workflow.is_main_process and GRAPH_FILE.is_file():
        atexit.register(tell)


def commit() -> None:
    """`dvc commit` the outputs of our stages, and say so, or in one line why not: the results are
    there."""
    if reason := _refusal():
        after = "the results are whole without it; mend that, then run make adopt"
        _say(f"not committed to DVC: {reason}; {after}")
        return
    _say("committed to DVC: dvc.lock and the cache hold this study")
    for folder in leftovers(load(PARAMS)):
        what = "is not of this study any more, but DVC counts what lies beside the others"
        _say(f"{folder} {what}; before you share, move it away")


def _refusal() -> str | None:
    """Commit the outputs of our stages; None where that went well, or what is in its way."""
    try:
        git.tell_dvc()
        # Not all there are: a person's own stages and .dvc files are theirs to commit. Not --quiet:
        # with it, DVC does not even say what it fails at.
        done = _run("dvc", "commit", "--force", "--no-relink", *_stages())
    except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
        return f"{GRAPH_FILE}: {str(error).splitlines()[0]}"
    if done.returncode != 0:
        return _why(done)
    files.write_json(TOLD, _books(load(PARAMS)))
    return None


def _stages() -> list[str]:
    """Our stages in dvc.yaml that have something to do for the study of params.yaml."""
    study = load(PARAMS)
    there = yaml.safe_load(GRAPH_FILE.read_text(encoding="utf-8"))["stages"]
    empty = {name for key, names in LISTS_OF.items() if not getattr(study, key) for name in names}
    return [name for name in there if name in STAGES and name not in empty]


def _books(study: Study) -> dict[str, str]:
    """The hashes of what DVC wrote last, and of the records of a study."""
    jobs = Jobs(study, {}, PARAMS)
    paths = [LOCK, *(Path(jobs.record(job)) for job in jobs.all)]
    return {str(path): files.sha256(path) for path in paths if path.is_file()}


def _told() -> dict[str, str]:
    """What `_books` were when DVC was last told."""
    try:
        return files.read_json(TOLD)
    except (OSError, ValueError):
        return {}


def _why(done: subprocess.CompletedProcess, otherwise: int = 0) -> str:
    """Why a command failed: its first error, or its line `otherwise`, or its exit code."""
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    errors = [line.partition(": ")[2] for line in lines if re.match("(ERROR|[Ee]rror): ", line)]
    if not lines:
        return f"it ended with exit code {done.returncode} and said nothing"
    said = errors[0] if errors else lines[otherwise]
    return said.removeprefix("unexpected error - ").rstrip(".")


def fetch_missing(paths: list[Path]) -> None:
    """Where DVC runs a stage that depends on a folder, fetch what is missing there: with
    `dvc repro --pull --allow-missing`, DVC takes the folder for whole as soon as it is there."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing and command.STAGE in os.environ:
        done = _run("dvc", "pull", *missing)
        if done.returncode != 0:
            raise Problem(f"{missing[0]}: is missing, and dvc pull failed: {_why(done)}; mend that")


def leftovers(study: Study) -> list[Path]:
    """Folders of rungs and data sets that the study had once: a clone would lack them, and take the
    report for out of date."""
    runs = Path("runs") / study.study
    known = {runs / "recipes"} | {runs / dataset for dataset in study.datasets}
    known |= {runs / dataset / rung for dataset in study.datasets for rung in study.rungs}
    known |= {runs / start.dataset / start.rung for start in study.starts}
    found = [path for dataset in study.datasets for path in (runs / dataset).glob("*")] + list(
        runs.glob("*")
    )
    return sorted(path for path in found if path.is_dir() and path not in known)


def main(pull: bool = False) -> None:
    """Let DVC have the files of params.yaml's study; with `pull`, fetch them first.

    Raises Problem where that can't be.
    """
    load(PARAMS)
    git.tell_dvc()
    if pull:
        fetched = subprocess.run([sys.executable, "-m", "dvc", "pull"], env=git.environment())
        if fetched.returncode != 0:
            raise Problem("dvc pull: it failed, as it says above; mend that, then make pull again")
    adopt()


def adopt() -> None:
    """Let DVC have the files of params.yaml's study as they are. Raises Problem where they are not
    all there, or not what the study, the code and their records say."""
    if left := Graph([], {}, main=False).left():
        behind = f"{len(left)} of this study's jobs are not done, or their files have changed"
        raise Problem(f"{behind} ({left[0]}); run make pull, snakemake or dvc repro first")
    if reason := _refusal():
        raise Problem(f"dvc commit: {reason}; mend that, then run make adopt again")
    _say("both engines have every file of this study: nothing to do")


def _run(*arguments: str) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", *arguments]
    return subprocess.run(
        words, env=git.environment(), capture_output=True, encoding="utf-8", errors="replace"
    )


def _say(text: str) -> None:
    LOG.info(text) if LOG.handlers else print(text, file=sys.stderr)


if __name__ == "__main__":
    command.run(main)
