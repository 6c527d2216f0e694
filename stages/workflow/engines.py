"""Keep the books of Snakemake and DVC in step: what the one has made, the other takes as made.

python -m stages.workflow.engines          after `dvc pull`, or after a Snakemake run that was cut
                                           off before DVC was told (`make adopt`)
python -m stages.workflow.engines --pull   fetch what others have made, and take it as made
                                           (`make pull`)
"""

import re
import subprocess
import sys
from pathlib import Path

from stages import command
from stages.command import LOG, Problem
from stages.jobs import git
from stages.study.study import Study, load
from stages.workflow.graph import PARAMS


def after_snakemake(graph, settings) -> None:
    """Put what a Snakemake run has made into DVC's cache and dvc.lock, or say why not.

    Only the whole of params.yaml's study is committed: DVC would take a part, or a model trained
    with --config, for that of params.yaml.
    """
    if not graph.is_params_yaml:
        why = "this run's study is not the one of params.yaml (--config or --configfile)"
        _say(f"not committed to DVC: {why}")
    elif _is_partial(settings):
        what = "this was a part of the study; run snakemake without a target to commit it whole"
        _say(f"not committed to DVC: {what}")
    else:
        commit()


def _is_partial(settings) -> bool:
    narrowed = settings.until, settings.omit_from, settings.batch, settings.allowed_rules
    return bool(set(settings.targets) - {"all"}) or any(narrowed)


def commit() -> None:
    """`dvc commit` all outputs, and say so, or in one line why not: the results are there."""
    if reason := _refusal():
        after = "the results are whole without it; mend that, then run make adopt"
        _say(f"not committed to DVC: {reason}; {after}")
        return
    _say("committed to DVC: dvc.lock and the cache hold this study")
    for folder in leftovers(load(PARAMS)):
        what = "is not of this study any more, but DVC counts what lies beside the others"
        _say(f"{folder} {what}; before you share, move it away")


def _refusal() -> str | None:
    """Commit all outputs; None where that went well, or what DVC says is in its way."""
    git.tell_dvc()
    # Not --quiet: with it, DVC does not even say what it fails at.
    done = _run("dvc", "commit", "--force", "--no-relink")
    return _why(done) if done.returncode != 0 else None


def _why(done: subprocess.CompletedProcess, otherwise: int = 0) -> str:
    """Why a command failed: its first error, or its line `otherwise`, or its exit code."""
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    errors = [line.partition(": ")[2] for line in lines if re.match("(ERROR|[Ee]rror): ", line)]
    if not lines:
        return f"it ended with exit code {done.returncode} and said nothing"
    said = errors[0] if errors else lines[otherwise]
    return said.removeprefix("unexpected error - ").rstrip(".")


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
    """Take the files of params.yaml's study as they are; with `pull`, fetch them first.

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
    """Make whichever engine is behind take the files as they are. Raises Problem where neither
    finds them complete."""
    if _run("dvc", "status", "--quiet").returncode == 0:
        touched = _run("snakemake", "--touch", "--forceall", "--cores", "1")
        if touched.returncode != 0:
            raise Problem(f"snakemake --touch: {_why(touched, otherwise=-1)}")
        _say("DVC has every file of this study; Snakemake now takes them as made: nothing to do")
        return
    planned = _run("snakemake", "--dry-run")
    if planned.returncode != 0 or "Nothing to be done" not in planned.stdout + planned.stderr:
        behind = "files of this study are missing or out of date for both engines"
        raise Problem(f"{behind}; run make pull, snakemake or dvc repro first")
    if reason := _refusal():
        raise Problem(f"dvc commit: {reason}; mend that, then run make adopt again")
    _say("Snakemake has made every file of this study; DVC now has them, too")


def _run(*arguments: str) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", *arguments]
    return subprocess.run(
        words, env=git.environment(), capture_output=True, encoding="utf-8", errors="replace"
    )


def _say(text: str) -> None:
    LOG.info(text) if LOG.handlers else print(text, file=sys.stderr)


if __name__ == "__main__":
    command.run(main)
