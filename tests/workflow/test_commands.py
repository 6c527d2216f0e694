"""Commands of both engines on a finished study: what they say, which jobs they run, and what both
engines would run afterwards."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from asked import Engines, Ran, files_of, restore
from conftest import run
from damages import DATA, PAGE, RUNS, Change, replaced, trained, written

NOTHING, CLEAN = "Nothing to be done", "Data and pipelines are up to date."
# On a finished study: the command, what it says, and what it does not say.
QUESTIONS = [
    ("snakemake -n", NOTHING, "train"),
    ("snakemake -n -p", NOTHING, "train"),
    ("snakemake --workflow-profile none --cores 1 -n", NOTHING, "train"),
    ("snakemake -n --rerun-triggers input", NOTHING, "train"),
    ("snakemake -n --rerun-triggers params", NOTHING, "train"),
    ("snakemake -n --rerun-triggers mtime code input params software-env", NOTHING, "train"),
    ("snakemake -n --until normalize", NOTHING, "train"),
    ("snakemake -n report", NOTHING, "train"),
    (f"snakemake -n -- {RUNS}/relu/metrics.json", NOTHING, "train"),
    ("snakemake -n --forcerun report", "forced:", "rule train:"),
    ("snakemake -n --config 'budget={epochs: 1}'", "Train without_dropout on digits", NOTHING),
    ("snakemake -n --configfile studies/quickstart.yaml", "Train basic on digits", NOTHING),
    ("snakemake --summary", "no update", "update pending"),
    ("snakemake --detailed-summary", "no update", "update pending"),
    ("snakemake --list-changes code", "Building DAG", "runs/"),
    ("snakemake --list-changes input", "Building DAG", "runs/"),
    ("snakemake --dag", "Train|train", "Error"),
    ("snakemake --rulegraph", "digraph", "Error"),
    ("snakemake --filegraph", "weights.safetensors", "Error"),
    ("snakemake --list", "ensemble", "Error"),
    ("snakemake --list-target-rules", "report", "evaluate ("),
    ("snakemake --list-untracked", "Snakefile", f"{RUNS}/"),
    ("snakemake --lint", "in a good condition", "Lints"),
    ("snakemake --list-untracked", "dvc.lock", "reports/index.html"),
    ("snakemake --delete-all-output --dry-run", "Would delete reports/index.html", "params.yaml"),
    ("snakemake --delete-all-output --dry-run", f"Would delete {PAGE}/index.html", "params.yaml"),
    ("snakemake --unlock", "Unlocked", "Error"),
    ("dvc status", CLEAN, "changed"),
    ("dvc repro --dry", CLEAN, "Running stage"),
    ("dvc dag --md", "flowchart", "ERROR"),
    ("dvc stage list", "train@digits-relu", "ERROR"),
    ("dvc metrics show", "digits.relu.accuracy", "ERROR"),
    ("dvc metrics diff", "digits.relu.accuracy", "ERROR"),
    ("dvc plots show --json", "Confusion", "ERROR"),
    ("dvc params diff", "", "ERROR"),
    ("dvc data status", "added: runs/tiny/study.json", "uncommitted"),
    ("dvc list . --dvc-only --recursive", "weights.safetensors", "params.yaml"),
    ("dvc gc --workspace --force --dry", "No unused 'repo' cache", "ERROR"),
    ("dvc exp show --json", "digits", "ERROR"),
    (
        "python -m stages.workflow.check_files",
        "every file of tiny is what its record says",
        "error",
    ),
]
# Mistakes: the command and what it says; it ends with another exit code than 0.
MISTAKES = [
    ("snakemake -n no/such/file", "MissingRuleException"),
    ("snakemake -n --config 'ladder=[rleu]'", "did you mean 'relu'?"),
    ("snakemake -n --configfile tests/same_bytes.sh", "Config file is not valid"),
    ("dvc repro no-such-stage", "no-such-stage"),
    ("dvc push", "no remote"),
    ("python -m stages.workflow.use --study studies/quickstart.yaml --params params.yaml",
     "params.yaml holds changes of yours"),
]  # fmt: skip


class Row(NamedTuple):
    """A command after a change of a finished study: what it says, the jobs that it runs, and those
    that Snakemake and DVC would run afterwards."""

    change: Callable[[Path], object]
    command: str
    says: str = ""
    runs: frozenset[str] | set[str] = frozenset()
    left: Change = Change("nothing", lambda project: None)
    code: int = 0


def unchanged(project: Path) -> None:
    """A finished study, as it is."""


def gone(name: str) -> Callable[[Path], object]:
    return lambda project: (project / name).unlink()


RETRAINED = Change(
    "longer", replaced("params.yaml", "epochs: 2", "epochs: 3"),
    frozenset({"check"} | trained("basic", "relu", "dropout", "without_dropout")),
)  # fmt: skip
DAMAGED = Change(
    "cut", written(f"{RUNS}/relu/metrics.json", "{"), frozenset({"evaluate digits relu"}),
    frozenset({"report"}),
)  # fmt: skip
LABELS = f"{DATA}/train_labels.npy"
VERSION = (
    "git config user.name test && git config user.email test@example.org && git add dvc.lock"
    " && git commit -qm made && git tag -a best@v1.0.0 -m made"
)
ADOPT, CHECK_FILES = "python -m stages.workflow.engines", "python -m stages.workflow.check_files"
BEHIND = "not committed to DVC: 12 jobs of the study are left"
ROWS = [
    Row(unchanged, "snakemake --cores 1", NOTHING),
    Row(unchanged, "snakemake --touch", NOTHING),
    Row(unchanged, f"snakemake --cleanup-metadata {RUNS}/relu/weights.safetensors"),
    Row(unchanged, "snakemake --cores 1 --delete-all-output && dvc checkout", "Deleting"),
    Row(unchanged, "dvc repro", CLEAN),
    # A check that finds nothing wrong has nothing to say in its log.
    Row(unchanged, "dvc repro --force --single-item check", "Running stage 'check'"),
    Row(unchanged, "dvc repro --single-item report", CLEAN),
    Row(unchanged, "dvc repro --pull --allow-missing", "didn't change|up to date"),
    Row(unchanged, "dvc commit --force"),
    Row(unchanged, "dvc gc --workspace --force", "No unused 'repo' cache"),
    Row(unchanged, "dvc remote add --local -d store ../store && dvc push && dvc fetch", "pushed"),
    Row(unchanged, f"{VERSION} && dvc artifacts get . best -o ../best", "Downloaded 1 file"),
    Row(unchanged, ADOPT, "both engines have every file of this study"),
    Row(gone("dvc.lock"), "snakemake --cores 1", "committed to DVC: "),
    Row(gone(LABELS), "snakemake --cores 1 --until normalize", "committed to DVC: ",
        {"normalize digits"}),
    Row(gone(LABELS), "dvc repro normalize@digits"),
    Row(DAMAGED.make, "dvc checkout --force", "metrics.json"),
    Row(DAMAGED.make, CHECK_FILES, "metrics.json: is not what evaluate wrote", left=DAMAGED,
        code=1),
    Row(DAMAGED.make, ADOPT, "evaluate digits relu", left=DAMAGED, code=1),
    Row(DAMAGED.make, "snakemake --touch", "1 job of the study is left", left=DAMAGED),
    Row(RETRAINED.make, "snakemake --touch", BEHIND, left=RETRAINED),
    Row(RETRAINED.make, "snakemake -n", "Train relu on digits", left=RETRAINED),
    Row(RETRAINED.make, "dvc repro --dry", "Running stage 'check'", left=RETRAINED),
    Row(RETRAINED.make, "dvc params diff", "budget.epochs|params.yaml", left=RETRAINED),
    Row(RETRAINED.make, ADOPT, "jobs of the study are left", left=RETRAINED, code=1),
    Row(RETRAINED.make, "git checkout --quiet params.yaml && snakemake --cores 1", NOTHING),
]  # fmt: skip


@pytest.fixture(scope="module")
def engines(project):
    started = Engines(project)
    yield started
    started.close()


@pytest.mark.parametrize(("command", "says", "never"), QUESTIONS)
def test_a_question_changes_nothing(command, says, never, project, engines):
    before = _tree(project)
    said = run(project, "bash", "-c", command)
    assert said.returncode == 0, said.stdout
    assert _any_in(says, said.stdout)
    assert never not in said.stdout
    assert _tree(project) == before
    # Where all files are as they were, an engine's own are all that may have changed.
    assert engines.would_run(command.split()[0] if command[0] in "sd" else "dvc") == set()


@pytest.mark.parametrize(("command", "says"), MISTAKES)
def test_a_mistake_is_told_and_changes_nothing(command, says, project):
    before = _tree(project)
    said = run(project, "bash", "-c", command)
    assert said.returncode != 0
    assert _any_in(says, said.stdout), said.stdout
    assert "Traceback" not in said.stdout
    assert _tree(project) == before


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.command}-{row.left}")
def test_what_a_command_does(row: Row, project, finished, engines):
    row.change(project)
    ran = Ran(project)
    said = run(project, "bash", "-c", row.command)
    jobs = ran.jobs()
    try:
        assert said.returncode == row.code, said.stdout
        assert _any_in(row.says, said.stdout), said.stdout
        assert "Traceback" not in said.stdout
        assert jobs == row.runs
        _assert_left(engines, row.left)
    finally:
        restore(project, finished)


def _any_in(says: str, stdout: str) -> bool:
    """Whether an alternative of `says` stands there; a bar is between two."""
    return any(words in stdout for words in says.split("|"))


def _assert_left(engines: Engines, left: Change) -> None:
    assert engines.would_run("snakemake") == left.runs
    by_dvc = engines.would_run("dvc")
    assert by_dvc <= left.runs | left.follow
    assert bool(by_dvc) == bool(left.runs)


def _tree(project: Path) -> dict[str, tuple[str, int]]:
    """{name: (digest, date)} of all files but the engines' own."""
    return {
        name: (_digest(project / name), (project / name).stat().st_mtime_ns)
        for name in files_of(project)
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
