"""A rung that studies share is trained once, by either engine, in another clone, too; after a
revert: tests/test_workflow.py."""

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import TINY, assert_ok, copy_project, run

from stages import files

# One rung as one study calls it, to its weights and no further.
ENGINES = {
    "snakemake": lambda study, rung: (
        "snakemake", "--cores", "1", f"runs/{study}/digits/{rung}/weights.safetensors",
    ),
    "dvc": lambda study, rung: ("dvc", "repro", f"train@digits-{rung}"),
}  # fmt: skip
# What a training has done and what is taken differ in, of a run's files.
MEASURED = {"cost.json", "train.json"}


def study(name: str, rung: str) -> str:
    """A study of one rung and one network, trained for an epoch; all but names is always the
    same."""
    whole = yaml.safe_load(TINY.read_bytes())
    named = {"study": name, "ladder": [rung], "techniques": {rung: whole["techniques"]["basic"]}}
    empty = {key: [] for key in ("beside", "comparisons", "ensembles", "starts", "expect")}
    budget = whole["budget"] | {"epochs": 1, "members": 1}
    return yaml.safe_dump(whole | empty | named | {"budget": budget})


class Project:
    """A clone, and how many trainings its runs take."""

    def __init__(self, folder: Path, engine: str):
        self.folder, self.engine = folder, ENGINES[engine]

    def trainings(self, name: str, rung: str) -> int:
        """Bring forth a rung, and count the epochs that it took, of which a training has one."""
        shutil.rmtree(self.folder / "logs", ignore_errors=True)
        assert_ok(run(self.folder, *self.engine(name, rung)))
        return self.logs().count(", epoch 1/1, ")

    def logs(self) -> str:
        """All that trainings have said in the last run."""
        found = (self.folder / "logs").glob("*/train/*/*.log")
        return "".join(log.read_text(encoding="utf-8") for log in found)

    def says(self, text: str) -> None:
        """Make `text` the study."""
        (self.folder / "params.yaml").write_text(text, encoding="utf-8")

    def of(self, run: str) -> dict[str, bytes]:
        """The files of a run that are the same each time."""
        found = (self.folder / run).iterdir()
        return {path.name: path.read_bytes() for path in found if path.name not in MEASURED}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rung_that_two_studies_share_is_trained_once(engine, tmp_path):
    (tmp_path / "one.yaml").write_text(study("one", "basic"), encoding="utf-8")
    first = Project(copy_project(tmp_path / "first", tmp_path / "one.yaml"), engine)
    assert first.trainings("one", "basic") == 1
    made = first.of("runs/one/digits/basic")

    first.says(study("two", "plain"))
    assert first.trainings("two", "plain") == 0
    assert "plain: taken from runs/one/digits/basic (trained until " in first.logs()
    shared = first.of("runs/two/digits/plain")
    named = {"recipe.json", "record.json"}
    assert {name for name in made if made[name] != shared[name]} == named
    assert all(shared[name] == made[name].replace(b'"basic",\n', b'"plain",\n') for name in named)

    _in_a_second_clone(first, engine, tmp_path / "second")


def _in_a_second_clone(first: Project, engine: str, folder: Path) -> None:
    """It shares DVC's cache, but for what DVC knows of runs: that is not the store's merit."""
    assert_ok(run(folder.parent, "git", "clone", "--quiet", str(first.folder), str(folder)))
    second, cache = Project(folder, engine), first.folder / ".dvc" / "cache"
    assert_ok(run(folder, "dvc", "cache", "dir", "--local", str(cache)))
    shutil.rmtree(cache / "runs", ignore_errors=True)
    second.says(study("three", "again"))
    assert second.trainings("three", "again") == 0
    assert "again: taken from runs/one/digits/basic" in second.logs()
    [kept] = (cache / "rungs").iterdir()
    if engine == "snakemake":
        _when_that_is_damaged(second, kept)


def _when_that_is_damaged(project: Project, kept: Path) -> None:
    (kept / "predictions.npz").write_bytes(b"damaged")
    taken = project.of("runs/three/digits/again")
    shutil.rmtree(project.folder / "runs")
    assert project.trainings("three", "again") == 1
    assert "predictions.npz is not what was kept" in project.logs()
    assert project.of("runs/three/digits/again") == taken


def test_dvc_collects_no_garbage_there(tmp_path):
    project = copy_project(tmp_path / "project", TINY)
    kept = project / ".dvc" / "cache" / "rungs" / ("1" * 64) / "weights.safetensors"
    files.write(kept, "weights")
    assert_ok(run(project, "dvc", "gc", "--workspace", "--force"))
    assert kept.is_file()
