"""Segmentation and super-resolution, from official files, or the digits, to their pages."""

import os

import pandas as pd
import pytest
import yaml
from conftest import ROOT, assert_nothing_to_do, assert_ok, copy_project, run
from doors import through_all_doors

from stages import files
from stages.records import WRITES
from stages.study.source import read

# Of each task a study of the project, what is changed in it, and what its page must show.
SHORT = {"epochs": 2, "batch_size": 50, "members": 2, "validation": 0.1}
DIGITS = {"small": {"of": "digits", "size": 4, "target": "original"}}
CHANGES = {
    "super_resolution": {"datasets": ["small"], "data": DIGITS, "budget": SHORT, "device": "cpu"},
    "segmentation": {
        "budget": SHORT | {"epochs": 1},
        "device": "cpu",
        "ladder": ["skips_0", "skips_2"],
        "beside": [],
        "comparisons": [],
        "expect": [{"rung": "skips_2", "better_than": "skips_0"}],
    },
}
SHOWS = {
    "super_resolution": ["bicubic, without learning", "test PSNR", "As it was", " dB"],
    "segmentation": ["test mean IoU", "Ankle boot", "Errors", "made darker and brighter"],
}


@pytest.fixture(scope="module", params=SHOWS)
def project(request, tmp_path_factory):
    """The name of a task, and a project in which its study has run."""
    task, folder = request.param, tmp_path_factory.mktemp(request.param)
    if task == "segmentation" and not os.environ.get("RUNGS_MIRROR"):
        pytest.skip("RUNGS_MIRROR names no mirror with the official files of Fashion-MNIST")
    changed = read(ROOT / "studies" / f"{task}.yaml").values | CHANGES[task]
    (folder / "short.yaml").write_text(yaml.safe_dump(changed, sort_keys=False), encoding="utf-8")
    folder = copy_project(folder / "project", folder / "short.yaml")
    if task == "segmentation":
        through_all_doors(folder)
    else:
        assert_ok(run(folder, "snakemake", "--cores", "2"))
    return task, folder


def test_every_rung_has_the_same_files(project):
    task, folder = project
    for rung in folder.glob(f"runs/{task}/*/*/weights.safetensors"):
        made = {path.name for path in rung.parent.iterdir()}
        assert made == {*WRITES["train"], *WRITES["evaluate"], "train.json", "evaluate.json"}


def test_the_page_shows_what_the_task_has(project):
    task, folder = project
    page = (folder / f"reports/{task}/index.html").read_text(encoding="utf-8")
    assert all(words in page for words in SHOWS[task])
    assert "accuracy" not in page[page.index("<main") :].split('id="')[1], "another task's score"
    assert ("Robustness" in page) == (task == "segmentation")


def test_the_ladder_has_the_numbers_of_the_runs(project):
    task, folder = project
    ladder = pd.read_csv(folder / f"reports/{task}/tables/ladder.csv")
    assert len(ladder) >= 4
    for row in ladder.itertuples():
        run_of = folder / "runs" / task / row.dataset / row.rung
        metrics = files.read_json(run_of / "metrics.json")
        score = {"segmentation": "mean_iou", "super_resolution": "psnr"}[task]
        assert getattr(row, score) == metrics[score]
        scores = pd.read_csv(run_of / "members.csv")[score]
        assert scores.mean() == pytest.approx(metrics[score], rel=1e-12)


def test_predictions_are_judged_by_the_tasks_own_score(project):
    task, folder = project
    judged = pd.read_csv(folder / f"reports/{task}/tables/expectations.csv")
    score = {"segmentation": "test_mean_iou", "super_resolution": "test_psnr"}[task]
    assert set(judged["quantity"]) == {score}
    assert judged["value"].notna().all()


def test_both_engines_have_nothing_left_to_do(project):
    task, folder = project
    if task == "super_resolution":
        assert_nothing_to_do(folder)
