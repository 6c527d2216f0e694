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
from stages.workflow.graph import OWN, PARAMS, Graph, left
from stages.workflow.jobs import Jobs

GRAPH_FILE, LOCK = Path("dvc.yaml"), Path("dvc.lock")
TOLD = OWN / "told.json"


def after_snakemake(graph: Graph) -> None:
    """Put what a Snakemake run has made into DVC's cache and dvc.lock, or say why not.

    Only the whole of params.yaml's study is committed, and only where every file agrees with the
    record of what made it, by the study and the code that are there now: DVC would take what was
    trained with --config, or only dated anew, for that of params.yaml.
    """
    graph.told = True
    if not graph.is_params_yaml:
        why = "this run's study is not the one of params.yaml (--config or --configfile)"
        _say(f"not committed to DVC: {why}")
    elif reason := behind_a_link(graph.study):
        _say(f"not committed to DVC: {reason}")
    elif reason := _not_whole():
        _say(f"not committed to DVC: {reason}; run snakemake, or make adopt once all is done")
    else:
        commit()


def before_snakemake(graph: Graph) -> None:
    """Say what DVC can't keep of a run that begins, because a folder is a link."""
    if graph.is_params_yaml and (reason := behind_a_link(graph.study)):
        _say(f"this run will not be committed to DVC: {reason}")


def behind_a_link(study: Study) -> str | None:
    """Which folder that is written into is a link, if one is: DVC takes what is behind it for
    another project's."""
    made = [Path("data", part) for part in ("recipes", "raw", "normalized")]
    made += [Path(part, study.study) for part in ("runs", "reports")]
    found = [path for folder in made for path in (folder.parent, folder) if path.is_symlink()]
    if not found:
        return None
    what = "move the whole project there, or only DVC's cache, by dvc cache dir"
    return f"{found[0]} is a link, behind which DVC keeps nothing; {what}"


def tell_at_exit(graph: Graph, workflow) -> None:
    """Tell DVC at the end of a Snakemake run that calls no `onsuccess`, because it had nothing to
    do or runs these rules as a module of others, of what wasn't told. Asking tells nothing."""

    def tell() -> None:
        # What only lists or draws has no executor.
        asks = workflow.executor_plugin is None or workflow.dryrun
        if graph.told or asks or not graph.is_params_yaml:
            return
        if behind_a_link(graph.study):
            return
        if files.json_if_whole(TOLD) != _books(graph.study) and not _not_whole():
            commit()

    if workflow.is_main_process and GRAPH_FILE.is_file():
        atexit.register(tell)


def _not_whole() -> str | None:
    """What of params.yaml's study is not done, or has changed since; None where all is there."""
    try:
        jobs = left()
    except Problem as problem:
        return str(problem)
    if not jobs:
        return None
    if len(jobs) == 1:
        return f"1 job of the study is left ({jobs[0]})"
    return f"{len(jobs)} jobs of the study are left ({jobs[0]} first)"


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
        before = LOCK.read_bytes() if LOCK.is_file() else None
        # Not --quiet: with it, DVC does not even say what it fails at.
        done = _run("dvc", "commit", "--force", "--no-relink", *_targets(load(PARAMS)))
        if done.returncode != 0:
            return _why(done)
        if reason := _not_whole():
            LOCK.unlink() if before is None else files.write(LOCK, before)
            return f"files have changed meanwhile: {reason}"
        files.write_json(TOLD, _books(load(PARAMS)))
    except yaml.MarkedYAMLError as error:
        return f"{GRAPH_FILE}:{error.problem_mark.line + 1}: this is no YAML: {error.problem}"
    except (OSError, Problem) as error:
        return str(error).splitlines()[0]
    return None


def _targets(study: Study) -> list[str]:
    """What DVC commits: dvc.yaml, or where a person's own stages stand in it, which are theirs to
    commit, the names of ours that have something to do for a study. For each name, DVC reads
    dvc.yaml and dvc.lock again. Raises Problem where dvc.yaml holds none of ours."""
    graph = yaml.safe_load(GRAPH_FILE.read_text(encoding="utf-8"))
    there = graph.get("stages") if isinstance(graph, dict) else None
    stages = there if isinstance(there, dict) else {}
    ours = [name for name, stage in stages.items() if _is_ours(stage)]
    if not ours:
        raise Problem(f"{GRAPH_FILE}: it has none of our stages; take the one of the repository")
    if len(ours) == len(stages):
        return [str(GRAPH_FILE)]
    return [name for name in ours if all(getattr(study, key) for key in _lists_of(stages[name]))]


def _is_ours(stage: object) -> bool:
    command_line = stage.get("do", stage).get("cmd") if isinstance(stage, dict) else None
    return str(command_line).startswith("python -m stages.")


def _lists_of(stage: dict) -> list[str]:
    """The lists of a study that a stage has a job for each item of."""
    lists = [*stage.get("matrix", {}).values(), stage.get("foreach", "")]
    return [text.strip("${}") for text in lists if text]


def _books(study: Study) -> dict[str, str]:
    """The hashes of what DVC wrote last, and of the records of a study."""
    jobs = Jobs(study, {}, PARAMS)
    paths = [LOCK, *(Path(jobs.record(job)) for job in jobs.all)]
    return {str(path): files.sha256(path) for path in paths if path.is_file()}


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
    load(PARAMS)
    if reason := _not_whole():
        raise Problem(f"{reason}; run make pull, snakemake or dvc repro first")
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
