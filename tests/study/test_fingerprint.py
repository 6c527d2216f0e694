"""Which change of the code trains which rung again, asked of the real `check` (probes.yaml)."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
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


# `python -m stages.check` for each line that comes in, after what is heavy has been imported once.
SERVER = """
import os, runpy, sys
import pydantic, ruamel.yaml, torch, tyro
sys.argv, sys.path[0] = ["check", "--params", "params.yaml", "--runs", "runs"], ""
for line in sys.stdin:
    if not (child := os.fork()):
        os.dup2(os.open("said", os.O_CREAT | os.O_TRUNC | os.O_WRONLY), 2)
        runpy.run_module("stages.check", run_name="__main__", alter_sys=True)
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def check(project) -> Iterator[Callable[[], tuple[int, str]]]:
    """Checks the project's study: its exit code, and what it says."""
    # Without caches: an edit within the second would go unseen.
    command = [sys.executable, "-B", "-c", SERVER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=project, text=True, encoding="utf-8", **pipes) as server:

        def checked() -> tuple[int, str]:
            server.stdin.write("\n")
            server.stdin.flush()
            code = int(server.stdout.readline())
            return code, (project / "said").read_text(encoding="utf-8")

        yield checked
        server.stdin.close()


@pytest.fixture(scope="module")
def before(check, project) -> dict[str, dict]:
    return recipes(check, project)


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


def recipes(check, project: Path) -> dict[str, dict]:
    """What `check` writes down of each rung."""
    code, said = check()
    assert code == 0, said
    return {file.stem: files.read_json(file) for file in (project / RECIPES).iterdir()}


@pytest.mark.parametrize("change", PROBES["trains"])
def test_what_can_change_a_result_trains_just_the_rungs_concerned(
    check, project, before, edited, change
):
    edit = dict(PROBES["trains"][change])
    expected = set().union(*(RUNGS.get(name, {name}) for name in edit.pop("trains")))
    edited(**edit)
    after = recipes(check, project)
    assert {rung for rung in before if before[rung] != after[rung]} == expected


@pytest.mark.parametrize("change", PROBES["trains_nothing"])
def test_what_cannot_change_a_result_trains_nothing(check, project, before, edited, change):
    edited(**PROBES["trains_nothing"][change])
    assert recipes(check, project) == before


LOADING = "import importlib\n\nFRESH = importlib.import_module(f'stages.{__name__}')\n"


@pytest.mark.parametrize(
    ("file", "added", "place"),
    [
        ("training/step.py", LOADING, "stages.training.step:"),
        ("techniques/_shared.py", "eval('print(1)')\n", "stages.techniques._shared:"),
        ("compute/devices.py", "def\n", "devices.py:"),
    ],
)
def test_code_that_no_recipe_can_hold_is_one_line(check, edited, file, added, place):
    edited(file, f"\n\n{added}")
    code, said = check()
    assert (code, said.count("\n")) == (1, 1)
    assert place in said


def test_a_recipe_holds_the_code_of_its_own_door_and_of_what_that_runs(before):
    arithmetic = {"compute", "tasks", "techniques", "training"}
    assert rooms(before["basic"]) == arithmetic | {"train", "files"}
    assert rooms(before["majority"]) == {"ensemble", "files", "scoring"}


def rooms(recipe: dict) -> set[str]:
    return {name.replace("/", ".").split(".")[1] for name in recipe["code"]}
