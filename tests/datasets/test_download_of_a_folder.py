"""One's own images by the stages, by hand: what they were written from comes out, what changed
since is refused, hostile names do no harm."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import ROOT, TINY
from photographs import write, write_classes, write_parts

from stages import check, download, evaluate, files, normalize, report, train
from stages.command import Problem
from stages.datasets import Raw, digits
from stages.records import WRITES

# What names a data set, or was measured by a clock.
OWN = {
    "normalize.json", "train.json", "evaluate.json", "classes.json", "record.json", "cost.json",
    "images.npz",
}  # fmt: skip
PAGE = {
    "claims": "claims.yaml",
    "template": "template.html.j2",
    "index_template": "studies.html.j2",
    "summary_template": "summary.md.j2",
    "style": "style.css",
    "script": "page.js",
}


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(data: dict, epochs: int = 1) -> None:
    """The study of one rung on data sets with options, validated, its recipes written."""
    study = yaml.safe_load(TINY.read_bytes()) | {"datasets": [*data], "data": data}
    study |= {"ladder": ["basic"], "beside": [], "comparisons": [], "ensembles": [], "expect": []}
    study["budget"] |= {"epochs": epochs, "members": 1, "batch_size": 10}
    Path("study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    check.main(Path("study.yaml"), Path("runs"), Path("data/recipes"))


def downloaded(name: str, official: Path | None = None) -> dict[str, np.ndarray]:
    raw = Path(f"data/raw/{name}.npz")
    recipe = Path(f"data/recipes/{name}.json")
    download.main(name, raw, recipe, raw.with_suffix(".json"), official)
    read = files.read_json(raw.with_suffix(".json"))["read"]
    assert read == {str(recipe): files.sha256(recipe)}
    with np.load(raw) as arrays:
        return dict(arrays)


def trained(name: str) -> Path:
    """The folder of the rung that was trained and evaluated on a data set."""
    folder, run = Path(f"data/normalized/{name}"), Path(f"runs/tiny/{name}/basic")
    normalize.main(Path(f"data/raw/{name}.npz"), folder)
    paths = {path.stem: path for path in folder.iterdir() if path.stem != "normalize"}
    labels, facts = paths.pop("test_labels"), paths.pop("facts")
    train.main(Path("runs/tiny/recipes/basic.json"), **paths, run=run)
    evaluate.main(
        run / "recipe.json", run / "predictions.npz", paths["test_images"], labels,
        paths["classes"], facts, run,
    )  # fmt: skip
    return run


def assert_the_same(one: str, other: str) -> None:
    """Two data sets, and what is trained on them, byte for byte."""
    folder = Path("data/normalized")
    for name in {*WRITES["normalize"]} - OWN:
        assert (folder / one / name).read_bytes() == (folder / other / name).read_bytes(), name
    runs = [Path(f"runs/tiny/{name}/basic") for name in (one, other)]
    names = {path.name for path in runs[0].iterdir()} - OWN
    assert {"metrics.json", "predictions.npz", "weights.safetensors"} < names
    for name in names:
        assert (runs[0] / name).read_bytes() == (runs[1] / name).read_bytes(), name


def test_2000_images_of_cifar10_as_files_are_the_same_data_set(here):
    """1,000 of each of two classes for training, and all their test images."""
    mirror = os.environ.get("RUNGS_MIRROR", "")
    if not mirror or not Path(mirror).is_dir():
        pytest.skip("RUNGS_MIRROR names no folder with the official files")
    choice = {"of": "cifar10", "classes": ["cat", "dog"], "per_class": 1000}
    own = {"of": "image_folder", "path": "photos", "size": 32, "order": "names"}
    checked({"few": choice}, epochs=1)
    few = downloaded("few")
    names = ["train_images", "train_labels", "test_images", "test_labels"]
    assert len(few["train_images"]) == 2000
    write_parts(Raw(*(few[name] for name in names), few["classes"].tolist(), ""), here / "photos")
    checked({"few": choice, "own": own}, epochs=1)
    made = downloaded("own")
    for name in [*names, "classes"]:
        assert made[name].dtype == few[name].dtype
        assert made[name].tobytes() == few[name].tobytes()
    for name in ("few", "own"):
        trained(name)
    assert_the_same("few", "own")


def test_options_of_other_data_sets_work_on_files_too(here):
    """Some classes in their order, few of each, permuted: of the digits, and of their files."""
    options = {"classes": ["8", "3"], "per_class": 20, "permuted": True, "seed": 5}
    write_parts(digits.load(here), here / "photos")
    own = {"of": "image_folder", "path": "photos", "size": 8, "gray": True, "order": "names"}
    checked({"few": {"of": "digits"} | options, "own": own | options})
    few, made = downloaded("few"), downloaded("own")
    for name in few.keys() - {"source"}:
        assert np.array_equal(few[name], made[name]), name
    assert "in gray; classes 8, 3; 20 training images of each, seed 5; pixels in" in str(
        made["source"]
    )
    assert str(made["source"]).count("resized") == str(made["source"]).count("gray") == 1


@pytest.fixture
def photos(here) -> Path:
    """A study of images of two classes, checked."""
    write_classes(here / "photos", {"cat": 5, "dog": 5})
    checked({"own": {"of": "image_folder", "path": "photos", "size": 8}})
    return here / "photos"


CHANGES = {
    "changed": (
        lambda photos: write(photos / "cat" / "1.png", np.zeros((8, 8, 3), np.uint8)),
        "photos/cat/1.png: changed after the recipe was written; start the run again",
    ),
    "added": (
        lambda photos: write(photos / "cat" / "9.png", np.zeros((8, 8, 3), np.uint8)),
        "photos/cat/9.png: was added since the recipe was written; start the run again",
    ),
    "removed": (
        lambda photos: (photos / "cat" / "1.png").unlink(),
        "photos/cat/1.png: is gone since the recipe was written; start the run again",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_study_was_checked_is_named(change, photos):
    spoil, words = CHANGES[change]
    spoil(photos)
    with pytest.raises(Problem, match=re.escape(words)):
        downloaded("own")
    assert not Path("data/raw/own.npz").exists()


def test_without_a_recipe_there_is_nothing_to_read(here):
    with pytest.raises(Problem, match=r"^--dataset: 'image_folder' needs options"):
        download.main("image_folder", Path("raw.npz"))


def test_a_folder_may_be_named_in_full(photos):
    before = downloaded("own")
    checked({"own": {"of": "image_folder", "path": str(photos), "size": 8}})
    assert np.array_equal(downloaded("own")["train_images"], before["train_images"])


def test_dates_change_no_recipe_and_contents_do(photos):
    recipe = Path("data/recipes/own.json")
    before = recipe.read_bytes()
    os.utime(photos / "cat" / "1.png", (10**9, 10**9))
    check.main(Path("study.yaml"), Path("runs"), Path("data/recipes"))
    assert recipe.read_bytes() == before
    (photos / "cat" / "1.png").rename(photos / "cat" / "one.png")
    check.main(Path("study.yaml"), Path("runs"), Path("data/recipes"))
    assert recipe.read_bytes() != before


# No name has the other one.
SLASH = "\N{DIVISION SLASH}"
HOSTILE = {
    "<b>bold</b>": "&lt;b&gt;bold&lt;" + SLASH,
    "NA": ">NA<",
    "null": ">null<",
    "$x^{$": "$x^{$",
    '"><script>alert(1)<': "&gt;&lt;script&gt;alert(1)&lt;",
    "犬 und \u202egnal": "犬 und \u202egnal",
    "long " * 48: "long " * 48,
    "1e5": ">1e5<",
    "{{ 7 * 7 }}": "{{ 7 * 7 }}",
    "'; rm -rf ~; '": "&#39;; rm -rf ~; &#39;",
}


@pytest.mark.filterwarnings("ignore:Glyph")
def test_hostile_names_of_classes_do_no_harm(here):
    names = {
        name.strip().replace("/", "\N{DIVISION SLASH}"): said for name, said in HOSTILE.items()
    }
    write_classes(here / "photos", dict.fromkeys(names, 20))
    checked({"own": {"of": "image_folder", "path": "photos", "size": 8}})
    downloaded("own")
    trained("own")
    reports = ROOT / "reports"
    report.main(
        Path("runs/tiny"),
        Path("data/normalized"),
        studies=ROOT / "studies",
        **{name: reports / file for name, file in PAGE.items()},
        page=Path("reports/tiny/index.html"),
        summary_page=Path("reports/tiny/summary.md"),
        tables=Path("reports/tiny/tables"),
        figures=Path("reports/tiny/figures"),
        metrics=Path("reports/tiny/metrics.json"),
        best=Path("reports/tiny/best"),
        record=Path("reports/tiny/report.json"),
    )
    page = Path("reports/tiny/index.html").read_text(encoding="utf-8")
    assert "<b>bold" not in page
    assert "<script>alert" not in page
    for said in HOSTILE.values():
        assert said.strip() in page
    table = Path("reports/tiny/tables/per_class.csv").read_text(encoding="utf-8")
    assert "NA" in table
    assert "null" in table
    assert max(len(line) for line in table.splitlines()) < 400
    assert files.read_json(Path("data/normalized/own/classes.json"))["names"] == sorted(names)
