"""One's own images, from files to a page by both engines: the same as the data set that they were
written from, and made again wherever an image changed."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import TINY, assert_nothing_to_do, assert_ok, copy_project, run
from photographs import write_parts
from PIL import Image

from stages.datasets import Raw, digits
from stages.datasets.selection import select
from stages.records import WRITES
from stages.study.data import Options

PHOTOS = "data/Fotos 한글"
CHOICE = {"of": "digits", "classes": ["0", "1", "2"], "per_class": 40}
CHANGES = {
    "datasets": ["photos", "same"],
    "data": {
        "photos": {"of": "image_folder", "path": PHOTOS, "size": 8, "gray": True, "order": "names"},
        "same": CHOICE,
    },
    "ladder": ["basic"],
    "beside": [],
    "comparisons": [],
    "ensembles": [{"name": "mean_of_softmax", "of": "basic", "combine": "mean"}],
    "expect": [],
}
# What names the data set, or was measured by a clock.
OWN = {"classes.json", "record.json", "cost.json", "images.npz"}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A study of some of the digits, and of the same as PNG files; run by Snakemake."""
    folder, study = tmp_path_factory.mktemp("photos"), yaml.safe_load(TINY.read_bytes()) | CHANGES
    (folder / "photos.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    project = copy_project(folder / "project", folder / "photos.yaml")
    graph = project / "dvc.yaml"
    text = graph.read_text(encoding="utf-8").replace("- stages\n", f"- stages\n      - {PHOTOS}\n")
    graph.write_text(text, encoding="utf-8")
    write_parts(_chosen(digits.load(folder)), project / PHOTOS)
    assert_ok(run(project, "snakemake", "--cores", "2"))
    return project


def _chosen(raw: Raw) -> Raw:
    return select(raw, Options(**CHOICE).model_dump())


def test_it_is_the_data_set_that_the_files_were_written_from(project):
    """Arrays, weights and numbers, byte for byte."""
    made = {"": [*WRITES["normalize"]], "basic": [*WRITES["train"], *WRITES["evaluate"]]}
    made["mean_of_softmax"] = [*WRITES["ensemble"], *WRITES["evaluate"]]
    for rung, names in made.items():
        root = project / ("runs/tiny" if rung else "data/normalized")
        for name in {*names} - OWN:
            one, other = (root / dataset / rung / name for dataset in ("photos", "same"))
            assert one.read_bytes() == other.read_bytes(), name
    ladder = (project / "reports/tiny/tables/ladder.csv").read_text(encoding="utf-8").splitlines()
    rows = {name: [row for row in ladder if row.startswith(f"{name},")] for name in CHANGES["data"]}
    assert [row.replace("same,", "photos,", 1) for row in rows["same"]] == rows["photos"]


def test_the_page_says_what_the_images_are(project):
    page = (project / "reports" / "tiny" / "index.html").read_text(encoding="utf-8")
    said = "(Fotos 한글): 120 for training, 236 for testing (by its folders); shorter side resized"
    assert said in page
    assert "1,000 for training, the rest for testing; classes 0, 1, 2; 40 training" in page


def test_dates_make_nothing_again(project):
    for path in (project / PHOTOS).rglob("*.png"):
        os.utime(path)
    assert_nothing_to_do(project)


def test_a_changed_image_makes_it_again_whichever_engine_ran_last(project):
    """One inverted, then one exchanged for a copy of another under a new name."""
    dates: dict[str, int] = {}
    _newly_trained(project, dates)
    one, other, gone = sorted((project / PHOTOS / "train" / "1").iterdir())[:3]

    Image.fromarray(255 - np.asarray(Image.open(one))).save(one)
    assert_ok(run(project, "snakemake", "--cores", "2"))
    assert _newly_trained(project, dates) == ["photos"]

    gone.unlink()
    shutil.copy(other, other.with_name("new.png"))
    assert_ok(run(project, "dvc", "repro"))
    assert _newly_trained(project, dates) == ["photos"]
    assert_nothing_to_do(project)


def _newly_trained(project: Path, dates: dict[str, int]) -> list[str]:
    """The data sets on which the rung was trained since the last call, of the images that are
    there now."""
    images = np.load(project / "data/normalized/photos/train_images.npy")
    files = sorted((project / PHOTOS / "train").rglob("*.png"), key=lambda path: path.name)
    assert np.array_equal(images, [np.asarray(Image.open(path))[None] for path in files])
    logs = project.glob("logs/tiny/train/*/basic.log")
    found = {path.parent.name: path.stat().st_mtime_ns for path in logs}
    new = sorted(name for name in found if found[name] != dates.get(name))
    dates.update(found)
    return new


def test_what_is_wrong_with_an_image_is_one_line_before_any_work(project):
    (project / PHOTOS / "test" / "2" / "labels.csv").write_text("2", encoding="utf-8")
    for engine in (["snakemake", "--dry-run"], ["dvc", "repro"]):
        said = run(project, *engine)
        assert said.returncode != 0
        [line] = [line for line in said.stdout.splitlines() if line.startswith("error: ")]
        assert line.startswith(f"error: data.photos: {PHOTOS}/test/2/labels.csv: this is no image")
