"""Train one run again, in a fresh clone of the commit that it came from, and compare what comes out: `make verify RUN=runs/...`."""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stages import command, files
from stages.command import LOG, Problem
from stages.jobs import git

LOCK = Path("requirements.lock")
# On another kind of processor or GPU sums are rounded differently, and a training that is started over ends elsewhere.
TOLERANCE = 0.02


def main(run: Path) -> None:
    """Say of every file of the folder `run`, a trained rung's, whether it comes out the same, byte for byte.

    On another kind of machine, or with other versions of what is installed: whether the mean score does, within 0.02, or of a score above 1
    within 2 %. Raises Problem where it doesn't, and where the run can't be made again.
    """
    if run.is_absolute() and run.is_relative_to(Path.cwd()):
        run = run.relative_to(Path.cwd())
    for name in ("cost.json", "record.json", "metrics.json"):
        if not (run / name).is_file():
            raise Problem(
                f"--run: {run / name} is missing; name the folder of a trained rung, like runs/quickstart/digits/relu"
            )
    if not (git.is_repository(Path()) and git.is_installed()):
        what = "it needs git, and a clone of the repository, whose commits it trains again"
        raise Problem(f"verify: {what}; here is none; git clone it, and train there")
    commit = files.read_json(run / "cost.json").get("commit")
    if commit is None:
        raise Problem(
            f"{run / 'cost.json'}: no commit is recorded, so stages/ had changes then that git does not know; commit, train again"
        )
    with tempfile.TemporaryDirectory() as folder:
        again = _make_again(run, commit, Path(folder) / "project")
        if not filecmp.cmp(run / "recipe.json", again / "recipe.json", shallow=False):
            study = run.parent.parent / "study.json"
            raise Problem(
                f"{run / 'recipe.json'}: {study} says another recipe by now; run the study again, then verify"
            )
        judge(run, again)


def judge(run: Path, again: Path) -> None:
    """Compare the files of two runs of one recipe, cost.json aside. Raises Problem where they differ."""
    if (one := files.read_json(run / "record.json")["environment"]) != (
        other := files.read_json(again / "record.json")["environment"]
    ):
        texts = [
            f"{key} {one.get(key)} → {other.get(key)}"
            for key in sorted(one.keys() | other.keys())
            if one.get(key) != other.get(key)
        ]
        _judge_metrics(run, again, ", ".join(texts))
        return
    names = sorted(
        path.name for path in run.iterdir() if path.is_file() and path.name != "cost.json"
    )
    differ = [
        name
        for name in names
        if not (again / name).is_file() or not filecmp.cmp(run / name, again / name, shallow=False)
    ]
    for name in names:
        LOG.info(f"{'DIFFERS' if name in differ else 'the same'}  {name}")
    if differ:
        raise Problem(
            f"{run}: {len(differ)} of {len(names)} files came out otherwise: {', '.join(differ)}; they were changed since"
        )
    LOG.info(f"verified: all {len(names)} files of {run} came out the same, byte for byte")


def _judge_metrics(run: Path, again: Path, environment: str) -> None:
    then, now = (files.read_json(folder / "metrics.json") for folder in (run, again))
    # What rungs are compared by is what has an interval.
    score = next(name for name in then if f"{name}_low" in then)
    before, after = then[score], now[score]
    said = f"{score} {before:.4f} then, {after:.4f} now, in another environment ({environment})"
    if abs(before - after) > TOLERANCE * max(1, abs(before)):
        raise Problem(f"{run}: {said}; that is more than {TOLERANCE} apart")
    LOG.info(f"verified within {TOLERANCE}: {said}")


def clone(commit: str, project: Path) -> None:
    """Clone the repository that we stand in into `project`, at `commit`. Raises Problem where git can't."""
    _run("git", "clone", "--quiet", "--no-checkout", ".", str(project.absolute()))
    _run("git", "checkout", "--quiet", commit, folder=project)


def _make_again(run: Path, commit: str, project: Path) -> Path:
    """Clone this repository into `project`, and train the run there with the data that are here, from the study that is recorded here."""
    clone(commit, project)
    dataset = run.parent.name
    for name in (f"{dataset}.npz", f"{dataset}.json"):
        if (raw := Path("data/raw") / name).is_file():
            (project / raw.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(raw, project / raw)
    # JSON is YAML: the recorded study is a study file.
    shutil.copy(run.parent.parent / "study.json", project / "verify.yaml")
    # Absolute, because the Makefile's PATH is not.
    programs = Path(sys.executable).absolute().parent
    if (project / LOCK).read_bytes() != LOCK.read_bytes():
        LOG.info("installing what that commit was locked to")
        _run("make", ".venv/installed", folder=project)
        programs = project.absolute() / ".venv" / "bin"
    LOG.info(f"training {run} again, from commit {commit[:12]}")
    target, cores = str(run / "metrics.json"), str(os.cpu_count() or 1)
    environment = git.environment() | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    snakemake = (
        str(programs / "snakemake"),
        "--cores",
        cores,
        "--configfile",
        "verify.yaml",
        "--",
        target,
    )
    _run(*snakemake, folder=project, environment=environment)
    return project / run


def _run(*arguments: str, folder: Path = Path(), environment: dict | None = None) -> None:
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=environment or git.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        lines = [
            line for line in done.stdout.splitlines() if line.startswith(("error:", "fatal:"))
        ] or done.stdout.strip().splitlines()[-1:]
        raise Problem(
            f"{' '.join(arguments[:2])}: {lines[0] if lines else 'failed'}; mend that, then verify again"
        )


if __name__ == "__main__":
    command.run(main)
