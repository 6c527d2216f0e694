"""Keep the books of Snakemake and DVC in step: what the one has made, the other takes as made.

python -m stages.engines        after `dvc pull`, or after a Snakemake run that was cut off before its end (`make adopt`)
"""

import subprocess
import sys
from pathlib import Path

from stages import command
from stages.command import LOG, Problem
from stages.study.study import Study, load
from stages.workflow.graph import PARAMS


def after_snakemake(graph, settings) -> None:
    """Put what a Snakemake run has made into DVC's cache and dvc.lock, or say why not.

    Only the whole of params.yaml's study is committed: DVC would take a part, or a model trained with --config, for that of params.yaml.
    """
    if not graph.is_params_yaml:
        _say("not committed to DVC: this run's study is not the one of params.yaml (--config or --configfile)")
    elif set(settings.targets) - {"all"} or settings.until or settings.omit_from or settings.batch or settings.allowed_rules:
        _say("not committed to DVC: this was a part of the study; run snakemake without a target to commit it whole")
    else:
        commit()


def commit() -> None:
    """`dvc commit` all outputs; where DVC can't (no git repository, say), say so: the results are there all the same."""
    done = _run("dvc", "commit", "--force", "--no-relink", "--quiet")
    if done.returncode == 0:
        _say("committed to DVC: dvc.lock and the cache hold this study")
        for folder in leftovers(load(PARAMS)):
            _say(f"{folder} is not of this study any more, but DVC counts what lies beside the others; before you share, move it away")
    else:
        _say(f"not committed to DVC: {(done.stderr or done.stdout).strip().splitlines()[0]}")


def leftovers(study: Study) -> list[Path]:
    """Folders of rungs and data sets that the study had once: a clone would lack them, and take the report for out of date."""
    runs = Path("runs") / study.study
    known = {runs / "recipes"} | {runs / dataset for dataset in study.datasets}
    known |= {runs / dataset / rung for dataset in study.datasets for rung in study.rungs}
    found = [path for dataset in study.datasets for path in (runs / dataset).glob("*")] + list(runs.glob("*"))
    return sorted(path for path in found if path.is_dir() and path not in known)


def adopt() -> None:
    """Make whichever engine is behind take the files as they are. Raises Problem where neither says that they are complete."""
    if _run("dvc", "status", "--quiet").returncode == 0:
        touched = _run("snakemake", "--touch", "--forceall", "--cores", "1")
        if touched.returncode != 0:
            raise Problem(f"snakemake --touch: {touched.stderr.strip().splitlines()[-1]}")
        _say("DVC has every file of this study; Snakemake now takes them as made: nothing to do")
    elif "Nothing to be done" in _run("snakemake", "--dry-run").stderr:
        commit()
    else:
        raise Problem("files of this study are missing or out of date for both engines; run dvc pull, snakemake or dvc repro first")


def _run(*arguments: str) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", *arguments]
    return subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace")


def _say(text: str) -> None:
    LOG.info(text) if LOG.handlers else print(text, file=sys.stderr)


if __name__ == "__main__":
    command.run(adopt)
