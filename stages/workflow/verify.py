"""Train one run again, in a fresh clone of the commit that it came from, and compare what comes
out: `make verify RUN=runs/...`."""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stages import command, files
from stages.command import LOG, Problem
from stages.jobs import git, store_settings
from stages.study import data

LOCK = Path("requirements.lock")
# Of the repository, and of a folder in it: its own, where the project is a part of a larger one.
WHERE = ("toplevel", "prefix")
# What a clock measured, and the record that has its hash.
MEASURED = ("cost.json", "train.json")
# On another kind of processor or GPU sums are rounded differently, and a training that is started
# over ends elsewhere.
TOLERANCE = 0.02


def main(run: Path) -> None:
    """Log of every file of the folder `run`, a trained rung's, whether it comes out the same, byte
    for byte.

    On another kind of machine, or with other versions of what is installed: whether the mean score
    does, within 0.02, or of a score above 1 within 2 %. Raises Problem where it doesn't, and where
    the run can't be made again.
    """
    if run.is_absolute() and run.is_relative_to(Path.cwd()):
        run = run.relative_to(Path.cwd())
    commit = _commit(run)
    with tempfile.TemporaryDirectory() as folder:
        again = _make_again(run, commit, Path(folder) / "project")
        if not filecmp.cmp(run / "recipe.json", again / "recipe.json", shallow=False):
            text = f"{run.parent.parent / 'study.json'} says another recipe by now"
            raise Problem(f"{run / 'recipe.json'}: {text}; run the study again, then verify")
        judge(run, again)


def _commit(run: Path) -> str:
    """The commit that a run came from. Raises Problem where it can't be trained again."""
    for name in ("cost.json", "record.json", "metrics.json"):
        if not (run / name).is_file():
            what = "name the folder of a trained rung, like runs/quickstart/digits/relu"
            raise Problem(f"--run: {run / name} is missing; {what}")
    if not (git.is_repository(Path()) and git.is_installed()):
        what = "it needs git, and a clone of the repository, whose commits it trains again"
        raise Problem(f"verify: {what}; here is none; git clone it, and train there")
    cost = files.read_json(run / "cost.json")
    # Of what was trained for another study, the commit that took it for this one: the study is
    # that commit's, and the other may be nobody's here.
    commit = cost.get("taken_at_commit") or cost.get("commit")
    if commit is None:
        said = cost.get("no_commit") or "stages/ had changes that git does not know"
        why = f"no commit is recorded; when it was trained, {said}"
        raise Problem(f"{run / 'cost.json'}: {why}; mend that, and train again")
    return commit


def judge(run: Path, again: Path) -> None:
    """Compare the files of two runs of one recipe, but for what a clock measured. Raises Problem
    where they differ."""
    one, other = (files.read_json(folder / "record.json")["environment"] for folder in (run, again))
    if one != other:
        keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
        texts = [f"{key} {one.get(key)} → {other.get(key)}" for key in keys]
        _judge_metrics(run, again, ", ".join(texts))
    else:
        _judge_files(run, again)


def _judge_files(run: Path, again: Path) -> None:
    found = (path.name for path in run.iterdir() if path.is_file())
    names = sorted(name for name in found if name not in MEASURED)
    same, *others = filecmp.cmpfiles(run, again, names, shallow=False)
    differ = sorted(name for names in others for name in names)
    for name in names:
        LOG.info(f"{'the same' if name in same else 'DIFFERS'}  {name}")
    if differ:
        other = "made by what record.json does not name"
        which = f"{len(differ)} of {len(names)} files came out otherwise: {', '.join(differ)}"
        raise Problem(f"{run}: {which}; they were changed since, or {other}")
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


def clone(commit: str, place: Path) -> Path:
    """Clone the repository that the current folder is in into `place`, at `commit`; where this
    folder is there. Raises Problem where git can't."""
    try:
        top, prefix = (git.ask("rev-parse", f"--show-{of}", folder=Path()) for of in WHERE)
    except subprocess.CalledProcessError as error:
        raise Problem(f"git rev-parse: {error.stderr.strip()}; mend that, then verify") from error
    _run("git", "clone", "--quiet", "--no-checkout", top, str(place.absolute()))
    _run("git", "checkout", "--quiet", commit, folder=place)
    return place / prefix


def _make_again(run: Path, commit: str, place: Path) -> Path:
    """Clone this repository into `place`, and train the run there with our study and data."""
    project = clone(commit, place)
    dataset = run.parent.name
    for name in (f"{dataset}.npz", f"{dataset}.json"):
        if (raw := Path("data/raw") / name).is_file():
            (project / raw.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(raw, project / raw)
    link_folders(files.read_json(run.parent.parent / "study.json"), project)
    # JSON is YAML: the recorded study is a study file.
    shutil.copy(run.parent.parent / "study.json", project / "verify.yaml")
    programs = _programs(project)
    # The clone may share DVC's cache, where the store is that this run may be in.
    files.write(project / store_settings.SETTINGS, store_settings.OFF)
    LOG.info(f"training {run} again, from commit {commit[:12]}")
    options = ("--cores", str(os.cpu_count() or 1), "--configfile", "verify.yaml")
    environment = git.environment() | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    snakemake = (str(programs / "snakemake"), *options, "--", str(run / "metrics.json"))
    _run(*snakemake, folder=project, environment=environment)
    return project / run


def link_folders(study: dict, project: Path) -> None:
    """Let the folders of one's own images be where a study has them, seen from `project`, and what
    is known of their files, too."""
    for options in study["data"].values():
        path = Path(os.path.normpath(options.get("path", "/")))
        if not (path.is_absolute() or path.parts[0] == ".." or (project / path).exists()):
            (project / path.parent).mkdir(parents=True, exist_ok=True)
            (project / path).symlink_to(path.absolute())
    if data.INDEX.is_dir():
        shutil.copytree(data.INDEX, project / data.INDEX)


def _programs(project: Path) -> Path:
    """The folder of the programs that a clone is locked to: ours, or installed in the clone."""
    if (project / LOCK).read_bytes() == LOCK.read_bytes():
        # Absolute, because the Makefile's PATH is not.
        return Path(sys.executable).absolute().parent
    LOG.info("installing what that commit was locked to")
    _run("make", ".venv/installed", folder=project)
    return project.absolute() / ".venv" / "bin"


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
        lines = done.stdout.strip().splitlines()
        errors = [line for line in lines if line.startswith(("error:", "fatal:"))]
        why = [*errors, *lines[-1:], "failed"][0]
        raise Problem(f"{' '.join(arguments[:2])}: {why}; mend that, then verify again")


if __name__ == "__main__":
    command.run(main)
