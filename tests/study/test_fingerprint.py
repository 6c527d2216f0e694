"""Which change of the code trains which rung again, asked of the real `check` (probes.yaml)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, TINY

from stages import files

PROBES = yaml.safe_load((Path(__file__).parent / "probes.yaml").read_text(encoding="utf-8"))
TRAINED = {"basic", "relu", "dropout", "without_dropout", "planted"}
RECIPES = "runs/tiny/recipes"
RUNGS = {"trained": TRAINED, "combined": {"mean_of_softmax", "majority"}}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with planted code, and a study that uses it."""
    folder, ignored = tmp_path_factory.mktemp("project"), shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "stages", folder / "stages", ignore=ignored)
    for name, text in PROBES["planted"].items():
        (folder / "stages" / name).write_text(text, encoding="utf-8")
    (folder / "params.yaml").write_text(yaml.safe_dump(planted_study()), encoding="utf-8")
    return folder


def planted_study() -> dict:
    """The tiny study with a rung of the planted network, and another ensemble."""
    study = yaml.safe_load(TINY.read_text(encoding="utf-8"))
    own = {"network": "planted", "augmentation": {"rotate": {"degrees": 9}}}
    study["techniques"]["planted"] = study["techniques"]["basic"] | own
    study["ladder"].append("planted")
    study["ensembles"].append({"name": "majority", "of": "dropout", "combine": "majority"})
    return study


@pytest.fixture(scope="module")
def before(project) -> dict[str, dict]:
    return recipes(project)


@pytest.fixture
def edited(project, before):
    """Edits a file of the project, until the test has ended; then its recipes are as before, so
    that the next `check` builds no network but those that are new."""
    edits: list[tuple[Path, str | None]] = []

    def edit(file: str, new: str, old: str | None = None) -> None:
        path = project / "stages" / file
        text = path.read_text(encoding="utf-8") if path.exists() else None
        edits.append((path, text))
        assert old is None or old in text
        changed = (text or "") + new if old is None else text.replace(old, new)
        path.write_text(changed, encoding="utf-8")

    yield edit
    for path, text in edits:
        path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    for rung, recipe in before.items():
        files.write_json(project / RECIPES / f"{rung}.json", recipe)


def check(project: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "stages.check", "--params", "params.yaml", "--runs", "runs"],
        cwd=project,
        # Or an edit within the second would go unseen.
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def recipes(project: Path) -> dict[str, dict]:
    """What `check` writes down of each rung."""
    said = check(project)
    assert said.returncode == 0, said.stderr
    return {file.stem: files.read_json(file) for file in (project / RECIPES).iterdir()}


@pytest.mark.parametrize("change", PROBES["trains"])
def test_what_can_change_a_result_trains_just_the_rungs_concerned(project, before, edited, change):
    edit = dict(PROBES["trains"][change])
    expected = set().union(*(RUNGS.get(name, {name}) for name in edit.pop("trains")))
    edited(**edit)
    after = recipes(project)
    assert {rung for rung in before if before[rung] != after[rung]} == expected


@pytest.mark.parametrize("change", PROBES["trains_nothing"])
def test_what_cannot_change_a_result_trains_nothing(project, before, edited, change):
    edited(**PROBES["trains_nothing"][change])
    assert recipes(project) == before


LOADING = "import importlib\n\nFRESH = importlib.import_module(f'stages.{__name__}')\n"


@pytest.mark.parametrize(
    ("file", "added", "place"),
    [
        ("training/step.py", LOADING, "stages.training.step:"),
        ("techniques/_shared.py", "eval('print(1)')\n", "stages.techniques._shared:"),
        ("compute/devices.py", "def\n", "devices.py:"),
    ],
)
def test_code_that_no_recipe_can_hold_is_one_line(project, edited, file, added, place):
    edited(file, f"\n\n{added}")
    said = check(project)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert place in said.stderr


def test_a_recipe_holds_the_code_of_its_own_door_and_of_what_that_runs(before):
    arithmetic = {"compute", "tasks", "techniques", "training"}
    assert rooms(before["basic"]) == arithmetic | {"train", "files"}
    assert rooms(before["majority"]) == {"ensemble", "files", "scoring"}


def rooms(recipe: dict) -> set[str]:
    return {name.replace("/", ".").split(".")[1] for name in recipe["code"]}
