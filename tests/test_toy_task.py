"""A task of two small files (tests/toy/): everything from check to report goes through it, and
nothing else is changed for it."""

import copy
import importlib.util
import re
import shutil
import subprocess
import sys
from collections import deque
from dataclasses import replace

import pandas as pd
import pytest
import torch
from cases import PLAIN, everything, random_data, recipe
from conftest import ROOT, copy_project
from doors import through_all_doors
from safetensors.torch import load_file

from stages import files
from stages.command import Problem
from stages.study import tasks
from stages.study.source import Source
from stages.study.study import validate
from stages.training.loop import Training, train_member
from stages.training.member import FLOAT32

TOY = ROOT / "tests" / "toy"
STUDY = (TOY / "study.yaml").read_text(encoding="utf-8")
PLACES = {"learned": "tasks", "scored": "scoring/tasks"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The toy study, run from check to report in a copy of the project that has the two files."""
    folder = copy_project(tmp_path_factory.mktemp("toy"), TOY / "study.yaml")
    for name, place in PLACES.items():
        shutil.copy(TOY / f"{name}.py", folder / "stages" / place / "brightness.py")
    through_all_doors(folder)
    return folder


def test_nothing_but_two_files_is_added(project):
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=project, capture_output=True, text=True, check=True
    )
    assert set(changed.stdout.split()) == {
        "??",
        *(f"stages/{place}/brightness.py" for place in PLACES.values()),
    }
    assert (
        sum(len((TOY / f"{name}.py").read_text(encoding="utf-8").splitlines()) for name in PLACES)
        <= 40
    )


def test_the_page_has_its_numbers(project):
    page = (project / "reports/toy/index.html").read_text(encoding="utf-8")
    ladder = pd.read_csv(project / "reports/toy/tables/ladder.csv").set_index("rung")
    metrics = {
        rung: files.read_json(project / f"runs/toy/digits/{rung}/metrics.json")
        for rung in ladder.index
    }
    assert list(ladder.index) == ["basic", "relu", "together"]
    for rung, row in ladder.iterrows():
        assert row["error"] == metrics[rung]["error"] < 0.2
        assert f"{row['error']:.3f} (" in page
    best = pd.read_csv(project / "reports/toy/tables/best.csv")["rung"].item()
    chosen = f"chosen on the validation images, is {best}: test error {ladder['error'][best]:.3f} ("
    assert chosen in page
    figures = {path.stem for path in (project / "reports/toy/figures").iterdir()}
    assert figures >= {
        f"digits-{name}"
        for name in ("ladder", "curves", "gradients", "robustness", "ensemble", "cost")
    }


def test_the_page_says_nothing_of_another_task(project):
    """But for what made it: data sets have a file of classes, and recipes name what they hold."""
    page = (project / "reports/toy/index.html").read_text(encoding="utf-8")
    shown = page[page.index("<main") : page.index('<section id="digits-made">')]
    shown = re.sub(r'class="[^"]*"', "", shown)
    assert not re.search("class|accurac|calibrat|confusion|correctly", shown, re.IGNORECASE)


def test_layers_were_looked_into_and_weights_moved(project):
    run = project / "runs/toy/digits/relu"
    layers, history = pd.read_csv(run / "diagnostics.csv"), pd.read_csv(run / "history.csv")
    assert (layers.groupby(["member", "moment", "step"]).size() == 4).all()
    assert (layers["gradient_rms"] > 0).all()
    assert (
        history.groupby("member")["train_error"].last()
        < history.groupby("member")["train_error"].first()
    ).all()
    assert all(
        torch.isfinite(weights).all() for weights in load_file(run / "weights.safetensors").values()
    )


@pytest.fixture
def brightness(monkeypatch):
    """The toy task, as if its modules lay where tasks lie."""
    modules = {}
    for name, place in PLACES.items():
        module = f"stages.{place.replace('/', '.')}.brightness"
        spec = importlib.util.spec_from_file_location(module, TOY / f"{name}.py")
        modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(modules[name])
        monkeypatch.setitem(sys.modules, module, modules[name])
    return modules["learned"]


def test_a_training_goes_on_from_its_state_to_the_same_bytes(brightness):
    data = random_data((1, 8, 8))
    targets = brightness.targets(data.train_images, None)
    data = replace(data, train_targets=targets, validation_targets=targets)
    of = recipe(PLAIN, epochs=3) | {"task": "brightness"}
    begun = Training(of, data, 0, FLOAT32)
    start = copy.deepcopy(begun.learner.network.state_dict())
    deque(begun.epoch(), maxlen=0)
    whole, resumed = train_member(of, data, 0), train_member(of, data, 0, saved=begun.state())
    assert everything(whole) == everything(resumed)
    assert all((whole.weights[name] != value).any() for name, value in start.items())


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folders of tasks in which the toy's files lie."""
    for name in PLACES:
        (tmp_path / "stages" / name).mkdir(parents=True)
        shutil.copy(TOY / f"{name}.py", tmp_path / "stages" / name / "brightness.py")
    monkeypatch.setattr(tasks, "STAGES", tmp_path / "stages")
    monkeypatch.setattr(tasks, "LEARNED", tmp_path / "stages" / "learned")
    monkeypatch.setattr(tasks, "SCORED", tmp_path / "stages" / "scored")
    return tmp_path / "stages" / "scored" / "brightness.py"


def test_a_way_to_combine_that_the_task_lacks_is_one_line(places):
    assert validate(Source(STUDY, "toy")).task == "brightness"
    with pytest.raises(
        Problem, match=r"ensembles\.0\.combine.*'majority' is not a way.*allowed: mean"
    ):
        validate(Source(STUDY.replace("combine: mean", "combine: majority"), "toy"))


def test_a_task_that_nothing_scores_is_one_line(places):
    places.write_text("SCORE = 1\n", encoding="utf-8")
    with pytest.raises(Problem, match=r"scored/brightness\.py has no COMBINE; add one"):
        validate(Source(STUDY, "toy"))
    places.unlink()
    with pytest.raises(Problem, match=r"scored/brightness\.py is missing: it says how"):
        validate(Source(STUDY, "toy"))
