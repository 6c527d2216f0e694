"""The page of made-up runs: byte-stable, escaped, whole; its numbers recomputed from the files."""

import csv
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import scipy.stats
from conftest import ROOT

from stages import check, ensemble, evaluate, files, report
from stages.source import Source
from stages.study import validate

CLAIMS = ROOT / "reports" / "claims.yaml"
TEMPLATE, STYLE = ROOT / "reports" / "template.html.j2", ROOT / "reports" / "style.css"


def make_runs(folder, text: str, members: int = 3) -> None:
    """A study's runs with random predictions instead of trained ones."""
    study = validate(Source(text, "made up"))
    check.write_study(study, folder / "study.json", folder / "recipes")
    random = np.random.default_rng(0)
    truth = np.concatenate([np.arange(10), random.integers(10, size=90)])
    files.write_array(folder / "labels.npy", truth)
    files.write_array(folder / "images.npy", random.integers(256, size=(100, 1, 8, 8)).astype(np.uint8))
    files.write_json(folder / "classes.json", {"names": [*"012345678", "<i>9</i>"]})
    for level, rung in enumerate(study.rungs):
        run = folder / "digits" / rung
        if rung in study.trained:
            _made_up_training(run, files.read_json(folder / "recipes" / f"{rung}.json"), truth, members, level, random)
        else:
            of = next(e.of for e in study.ensembles if e.name == rung)
            ensemble.main(folder / "recipes" / f"{rung}.json", folder / "digits" / of / "predictions.npz", run)
        evaluate.main(run / "predictions.npz", folder / "images.npy", folder / "labels.npy", folder / "classes.json", run)


def _made_up_training(run, recipe, truth, members, level, random) -> None:
    probabilities = random.dirichlet(np.ones(10), size=(members, 100)) + level * np.eye(10)[truth]
    probabilities = (probabilities / probabilities.sum(axis=2, keepdims=True)).astype(np.float32)
    files.write_arrays(
        run / "predictions.npz",
        validation_probabilities=probabilities[:, :10],
        test_probabilities=probabilities,
        curve_series=np.repeat(np.arange(members), 2),
        curve_step=np.tile([1, 2], members),
        curve_argmax=np.repeat(probabilities.argmax(axis=2), 2, axis=0).astype(np.uint8),
    )
    files.write_json(run / "recipe.json", recipe)
    data = dict.fromkeys(["train_images", "train_labels"], "0" * 64)
    made = {"recipe": recipe, "parameters": {"trainable": 100, "all": 110}, "data": data, "environment": {"torch": "<b>2</b>"}}
    files.write_json(run / "record.json", made)
    files.write_json(run / "cost.json", {"seconds": 1.0, "peak_memory_mib": 100.0, "host": "here"})
    columns = ["member", "epoch", "learning_rate", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"]
    files.write_rows(run / "history.csv", columns, [dict.fromkeys(columns, 1)])


def write(runs, out) -> str:
    report.main(runs, CLAIMS, ROOT / "studies", TEMPLATE, STYLE, out / "index.html", out / "tables", out / "figures")
    return (out / "index.html").read_text()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    text = (ROOT / "tests" / "tiny.yaml").read_text() + "title: <script>alert(1)</script>\ndepartures: [a < b & c]\n"
    make_runs(folder / "runs", text)
    return folder, write(folder / "runs", folder / "out")


def test_the_same_bytes_when_made_twice(made):
    folder, page = made
    assert write(folder / "runs", folder / "again") == page
    names = sorted(str(p.relative_to(folder / "out")) for p in (folder / "out").rglob("*") if p.is_file())
    assert "figures/digits-ladder.svg" in names
    assert all((folder / "out" / name).read_bytes() == (folder / "again" / name).read_bytes() for name in names)


def test_values_are_escaped(made):
    page = made[1]
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "a &lt; b &amp; c" in page
    assert "<b>2</b>" not in page
    assert "<i>9</i>" not in page


def test_the_page_needs_nothing_but_itself(made):
    page = made[1]
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert "@import" not in page
    assert "url(http" not in page
    assert len(page.encode()) < 5_000_000


def test_every_link_leads_to_a_place_of_the_page(made):
    class Links(HTMLParser):
        ids, targets = set(), set()

        def handle_starttag(self, tag, attributes):
            attributes = dict(attributes)
            if "id" in attributes:
                self.ids.add(attributes["id"])
            if tag == "a":
                self.targets.add(attributes["href"].removeprefix("#"))

    links = Links()
    links.feed(made[1])
    assert links.targets
    assert links.targets <= links.ids


def test_numbers_follow_from_the_predictions(made):
    """A row of the table, recomputed from probabilities and labels with scipy."""
    folder, page = made
    truth = np.load(folder / "runs" / "labels.npy")
    accuracies = {}
    for rung in ("basic", "relu"):
        with np.load(folder / "runs" / "digits" / rung / "predictions.npz") as predictions:
            accuracies[rung] = (predictions["test_probabilities"].argmax(axis=2) == truth).mean(axis=1)
    with open(folder / "out" / "tables" / "ladder.csv") as file:
        row = next(row for row in csv.DictReader(file) if row["rung"] == "relu")
    difference = scipy.stats.ttest_rel(accuracies["relu"], accuracies["basic"]).confidence_interval()
    assert float(row["accuracy"]) == pytest.approx(accuracies["relu"].mean())
    assert float(row["difference"]) == pytest.approx((accuracies["relu"] - accuracies["basic"]).mean())
    assert (float(row["difference_low"]), float(row["difference_high"])) == (pytest.approx(difference.low), pytest.approx(difference.high))
    assert f"{100 * accuracies['relu'].mean():.1f} %" in page


@pytest.mark.parametrize("members", [1, 2])
def test_few_members(tmp_path, members):
    make_runs(tmp_path / "runs", (ROOT / "tests" / "tiny.yaml").read_text(), members)
    assert f"n = {members}" in write(tmp_path / "runs", tmp_path / "out")


def test_a_diverged_member_is_flagged(tmp_path):
    make_runs(tmp_path / "runs", (ROOT / "tests" / "tiny.yaml").read_text())
    run = tmp_path / "runs" / "digits" / "relu"
    with np.load(run / "predictions.npz") as predictions:
        arrays = dict(predictions)
    arrays["test_probabilities"][1] = np.nan
    files.write_arrays(run / "predictions.npz", **arrays)
    evaluate.main(run / "predictions.npz", *(tmp_path / "runs" / name for name in ("images.npy", "labels.npy", "classes.json")), run)
    assert "1 of 3 diverged" in write(tmp_path / "runs", tmp_path / "out")


def test_two_data_sets_and_no_ensemble(tmp_path):
    import shutil

    text = (ROOT / "tests" / "tiny.yaml").read_text()
    make_runs(tmp_path / "runs", re.sub(r"ensembles:\n.*\n", "ensembles: []\n", text))
    shutil.copytree(tmp_path / "runs" / "digits", tmp_path / "runs" / "others")
    study = files.read_json(tmp_path / "runs" / "study.json")
    files.write_json(tmp_path / "runs" / "study.json", study | {"datasets": ["digits", "others"]})
    page = write(tmp_path / "runs", tmp_path / "out")
    assert "What was found: others" in page
    assert {p.name for p in (tmp_path / "out" / "figures").iterdir()} >= {"others-ladder.svg", "digits-curves.svg", "cost.svg"}
