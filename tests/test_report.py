"""The page of made-up runs: byte-stable, escaped, whole; its numbers recomputed from the files."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import sklearn.metrics
import yaml
from conftest import ROOT
from safetensors.numpy import save

from stages import check, ensemble, evaluate, files, report
from stages.page import results
from stages.study.schema import Study
from stages.study.source import Source
from stages.study.study import validate
from stages.training import robustness
from stages.training.outputs import HISTOGRAMS, LAYERS
from stages.workflow.jobs import of_runs

HISTORY = [
    "member",
    "epoch",
    "learning_rate",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
]
CLAIMS = ROOT / "reports" / "claims.yaml"
LOOKED_AT = ["template", "index-template", "summary-template", "style", "script"]
LOOKS = [
    ROOT / "reports" / name
    for name in ("template.html.j2", "studies.html.j2", "summary.md.j2", "style.css", "page.js")
]

FACTS = {
    "train_images": 100,
    "test_images": 100,
    "copies": 7,
    "copies_by": "within <i>reach</i>",
    "near_places": 130,
    "near": 0.5,
    "near_by_chance": 0.2,
}
KNOWN = "images.npy", "labels.npy", "classes.json", "facts.json"
KINDS = tuple(kind.name for kind in robustness.KINDS)


def make_runs(folder, text: str, members: int = 3) -> None:
    """A study's runs with random predictions instead of trained ones."""
    study = validate(Source(text, "made up"))
    check.write_study(study, folder / "study.json", folder / "recipes")
    random = np.random.default_rng(0)
    truth = np.concatenate([np.arange(10), random.integers(10, size=90)])
    files.write_array(folder / "labels.npy", truth)
    files.write_array(
        folder / "images.npy", random.integers(256, size=(100, 1, 8, 8)).astype(np.uint8)
    )
    known = {"names": [*"012345678", "<i>9</i>"], "source": "drawn by <i>chance</i>"}
    files.write_json(folder / "classes.json", known)
    files.write_json(folder / "facts.json", FACTS)
    for dataset in study.datasets:
        rungs = [*study.trained, *study.started, *(each.name for each in study.ensembles)]
        there = [rung for rung in rungs if dataset in study.datasets_of(rung)]
        for level, rung in enumerate(there):
            _made_up(folder, study, dataset, rung, (truth, members, level, random))


def _made_up(folder, study, dataset: str, rung: str, drawn: tuple) -> None:
    run, recipe = folder / dataset / rung, folder / "recipes" / f"{rung}.json"
    combined = {each.name: each.of for each in study.ensembles}
    if rung in combined:
        ensemble.main(recipe, run.parent / combined[rung] / "predictions.npz", run)
    else:
        _made_up_training(run, files.read_json(recipe), *drawn)
    known = [folder / name for name in KNOWN]
    evaluate.main(run / "recipe.json", run / "predictions.npz", *known, run)


def _made_up_training(run, recipe, truth, members, level, random) -> None:
    probabilities = (
        random.dirichlet(np.ones(10), size=(members, 100)) + 0.1 * (level + 1) * np.eye(10)[truth]
    )
    probabilities = (probabilities / probabilities.sum(axis=2, keepdims=True)).astype(np.float32)
    files.write_arrays(
        run / "predictions.npz",
        validation_index=np.tile(np.arange(10), (members, 1)),
        validation_predictions=probabilities[:, :10],
        test_predictions=probabilities,
        robustness_predictions=np.stack(
            [np.roll(probabilities, i, axis=1) for i in range(len(robustness.SETTINGS))], axis=1
        ),
        **{f"robustness_{name}": values for name, values in robustness.settings(KINDS).items()},
        curve_series=np.repeat(np.arange(members), 2),
        curve_step=np.tile([1, 2], members),
        curve_predictions=np.repeat(probabilities.argmax(axis=2), 2, axis=0).astype(np.uint8),
    )
    weights = {f"{member}.weight": np.full(2, member) for member in range(members)}
    about = files.canonical({"statistics": [None] * members})
    files.write(run / "weights.safetensors", save(weights, {"about": about}))
    files.write_json(run / "recipe.json", recipe)
    data = dict.fromkeys(["train_images", "train_labels"], "0" * 64)
    made = {
        "recipe": recipe,
        "parameters": {"trainable": 100, "all": 110},
        "data": data,
        "environment": dict.fromkeys(results.ENVIRONMENT, "here") | {"torch": "<b>2</b>"},
    }
    files.write_json(run / "record.json", made)
    cost = {
        "seconds": 1.0,
        "images_per_second": 9.5,
        "peak_memory_mib": 100.0,
        "multiply_accumulates": 1000,
        "host": "here",
        "device": "cpu",
    }
    files.write_json(
        run / "cost.json", cost | {"commit": None, "ended": "2026-01-02T03:04:05+00:00"}
    )
    rows = [{"member": member, "epoch": epoch} for member in range(members) for epoch in (1, 2)]
    files.write_rows(
        run / "history.csv", HISTORY, [dict.fromkeys(HISTORY, 0.5) | row for row in rows]
    )
    places = [
        {"moment": moment, "step": step, "layer": layer}
        for moment, step in (("start", 0), ("training", 1), ("training", 2), ("end", 2))
        for layer in (1, 2, 3)
    ]
    values = (
        {"kind": "linear", "units": 3, "weights": 9}
        | dict.fromkeys(LAYERS[6:11], 0.5)
        | {"weight_rms": 0.2, "gradient_norm": 0.3, "gradient_rms": 0.1, "update_ratio": 0.01}
    )
    files.write_rows(
        run / "diagnostics.csv",
        LAYERS,
        [values | place | {"member": m} for m in range(members) for place in places],
    )
    bins = [{"low": i / 4, "high": (i + 1) / 4, "share": i / 6} for i in range(4)]
    quantities = [
        {name: place[name] for name in ("moment", "layer")} | {"member": 0, "quantity": quantity}
        for place in places
        if place["moment"] != "training"
        for quantity in ("activation", "gradient")
    ]
    files.write_rows(
        run / "histograms.csv",
        HISTOGRAMS,
        [quantity | row for quantity in quantities for row in bins],
    )


def write(runs, out) -> str:
    names = "index.html", "summary.md", "tables", "figures", "metrics.json", "best", "report.json"
    written = [out / name for name in names]
    _touch_what_is_not_read(runs)
    report.main(runs, normalized(runs), CLAIMS, ROOT / "studies", *LOOKS, *written)
    return (out / "index.html").read_text(encoding="utf-8")


def normalized(runs: Path) -> Path:
    """The folder of the data sets' test images, which are those that the runs were made up for."""
    folder = runs.parent / "normalized"
    for dataset in files.read_json(runs / "study.json")["datasets"]:
        (folder / dataset).mkdir(parents=True, exist_ok=True)
        shutil.copy(runs / "images.npy", folder / dataset / "test_images.npy")
    return folder


def _touch_what_is_not_read(runs: Path) -> None:
    """Weights, recipes and records, which the report counts among what it was made from."""
    study = Study.model_validate(files.read_json(runs / "study.json"))
    for path in map(Path, of_runs(study, str(runs))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    text = (ROOT / "tests" / "tiny.yaml").read_text(
        encoding="utf-8"
    ) + "title: <script>alert(1)</script>\ndepartures: [a < b & c]\n"
    make_runs(folder / "runs", text)
    return folder, write(folder / "runs", folder / "reports" / "made")


def test_the_same_bytes_when_made_twice(made):
    folder, page = made
    assert write(folder / "runs", folder / "again") == page
    names = sorted(
        str(p.relative_to(folder / "reports" / "made"))
        for p in (folder / "reports" / "made").rglob("*")
        if p.is_file()
    )
    assert "figures/digits-ladder.svg" in names
    assert all(
        (folder / "reports" / "made" / name).read_bytes() == (folder / "again" / name).read_bytes()
        for name in names
    )


def test_values_are_escaped(made):
    page = made[1]
    assert page.count("<script") == 2, "the page's own: its tables, and what sorts them"
    assert "alert(1)" not in re.sub("&lt;script&gt;alert", "", page).replace(
        "\\u003cscript\\u003ealert", ""
    )
    assert "&lt;script&gt;alert(1)" in page
    assert "a &lt; b &amp; c" in page
    assert "<b>2</b>" not in page
    assert "<i>9</i>" not in page


def test_the_page_needs_nothing_but_itself(made):
    page = made[1]
    assert not re.search(r"""(src|href)=["'](?!data:|#|\.\./index\.html)""", page)
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
            if tag == "a" and "data-index" not in attributes:
                self.targets.add(attributes["href"].removeprefix("#"))

    links = Links()
    links.feed(made[1])
    assert links.targets
    assert links.targets <= links.ids


def predictions(folder, rung: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.load(folder / "runs" / "digits" / rung / "predictions.npz") as data:
        return (
            data["test_predictions"].argmax(axis=2),
            data["curve_predictions"],
            np.load(folder / "runs" / "labels.npy"),
        )


def table(folder, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "reports" / "made" / "tables" / f"{name}.csv", dtype={"class": str})


def test_the_headline_follows_from_the_predictions(made):
    """The best rung by the mean of its validation accuracies, with the test accuracy of its
    networks that learned."""
    folder, page = made
    rungs = ("basic", "relu", "dropout", "without_dropout")
    last = table(folder, "history").groupby(["rung", "member"]).last()
    validated = last["validation_accuracy"].groupby("rung").mean()
    best = max(rungs, key=lambda rung: validated[rung])
    predicted, _, truth = predictions(folder, best)
    of = table(folder, "members").query("rung == @best")["learned"].astype(bool)
    scores = [sklearn.metrics.accuracy_score(truth, p) for p in predicted[of.to_numpy()]]
    reached = np.mean(scores)
    called = f"{best.replace('_', ' ')}: test accuracy {100 * reached:.1f} %"
    assert f"The best rung, chosen on the validation images, is {called}" in page


@pytest.mark.parametrize(("rung", "below"), [("dropout", "relu"), ("without_dropout", "dropout")])
def test_rows_of_the_ladder_follow_from_the_predictions(made, rung, below):
    """By hand, from scipy's means, errors and t: at the p value, the interval just reaches 0."""
    folder, page = made
    row = table(folder, "ladder").set_index("rung").loc[rung]
    correct = {
        name: predictions(folder, name)[0] == predictions(folder, name)[2] for name in (rung, below)
    }
    above, under = (correct[name].mean(axis=1) for name in (rung, below))
    errors = scipy.stats.sem(above), scipy.stats.sem(under)
    freedom = np.sum(np.square(errors)) ** 2 / np.sum(np.power(errors, 4) / 2)
    own = sum(correct[name].var(axis=0, ddof=1).mean() / 3 for name in correct)
    of_images = scipy.stats.tvar(correct[rung].mean(axis=0) - correct[below].mean(axis=0)) - own

    def margin(alpha: float) -> float:
        starts = scipy.stats.t.isf(alpha / 2, freedom) * np.hypot(*errors)
        return np.hypot(starts, scipy.stats.t.isf(alpha / 2, 99) * np.sqrt(max(of_images, 0) / 100))

    assert row["accuracy"] == pytest.approx(above.mean())
    assert row["difference"] == pytest.approx(above.mean() - under.mean())
    assert row["difference_low"] == pytest.approx(row["difference"] - margin(0.05))
    assert row["difference_high"] == pytest.approx(row["difference"] + margin(0.05))
    assert margin(row["p"]) == pytest.approx(abs(row["difference"]))
    assert f"{100 * above.mean():.1f} %" in page


def test_a_rung_is_called_what_its_label_says(made):
    """Beside what it changes; a rung without one by what it changes alone."""
    folder, page = made
    labels = table(folder, "ladder").set_index("rung")["label"]
    assert labels["relu"] == "ReLU"
    assert labels["dropout"] == "dropout: standard (rate 0.3)"
    assert ">ReLU<small>activation: sigmoid → relu" in page
    assert ">ReLU</text>" in page, "the chart"


def test_where_networks_fail_their_share_is_judged(made):
    """One of three of `basic` learned, all of `relu`: by scipy's exact test."""
    row = table(made[0], "ladder").set_index("rung").loc["relu"]
    expected = scipy.stats.barnard_exact([[3, 1], [0, 2]]).pvalue
    assert row["learned_difference"] == pytest.approx(2 / 3)
    assert row["learned_p"] == pytest.approx(expected)
    assert pd.isna(row["p"]), "of the one network of basic that learned, nothing is known"
    assert "3 of 3 learned instead of 1 of 3" in made[1]


def test_corrected_p_values_are_holms_over_all_comparisons(made):
    ladder = table(made[0], "ladder")
    found = pd.concat([
        ladder[[name, f"{name}_corrected"]].dropna().set_axis(["p", "corrected"], axis=1)
        for name in ("p", "learned_p")
    ]).sort_values("p")  # fmt: skip
    expected = np.minimum(
        1, np.maximum.accumulate(found["p"].to_numpy() * np.arange(len(found), 0, -1))
    )
    assert len(found) == 4
    np.testing.assert_allclose(found["corrected"], expected)


def test_rows_by_class_follow_from_the_predictions(made):
    predicted, _, truth = predictions(made[0], "dropout")
    expected = sklearn.metrics.recall_score(np.tile(truth, 3), predicted.ravel(), average=None)
    by_class = table(made[0], "per_class")
    np.testing.assert_allclose(by_class[by_class["rung"] == "dropout"]["recall"], expected)


def test_the_learning_curves_follow_from_the_predictions(made):
    """The figure's data: mean, least and greatest accuracy of three members after both epochs."""
    _, curve, truth = predictions(made[0], "relu")
    accuracies = np.array(
        [sklearn.metrics.accuracy_score(truth, argmax) for argmax in curve]
    ).reshape(3, 2)
    rows = table(made[0], "epochs").query("rung == 'relu'")
    np.testing.assert_allclose(rows["mean"], accuracies.mean(axis=0))
    np.testing.assert_allclose(rows["least"], accuracies.min(axis=0))
    np.testing.assert_allclose(rows["greatest"], accuracies.max(axis=0))


def test_an_ensemble_stands_beside_the_member_that_validation_chose(made):
    predicted, _, truth = predictions(made[0], "dropout")
    together, _, _ = predictions(made[0], "mean_of_softmax")
    [row] = table(made[0], "against_best").itertuples()
    assert (row.best_member, row.best_accuracy) == (
        0,
        pytest.approx((predicted[0] == truth).mean()),
    ), "all are equal, so the first"
    alone = (
        (together[0] == truth) & (predicted[0] != truth),
        (predicted[0] == truth) & (together[0] != truth),
    )
    assert (row.ensemble_alone, row.member_alone) == tuple(part.sum() for part in alone)
    assert row.p == pytest.approx(
        scipy.stats.binomtest(row.ensemble_alone, row.ensemble_alone + row.member_alone).pvalue
    )


@pytest.mark.parametrize("members", [1, 2])
def test_few_members(tmp_path, members):
    make_runs(
        tmp_path / "runs", (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8"), members
    )
    assert f"n = {members}" in write(tmp_path / "runs", tmp_path / "reports" / "made")


def test_a_diverged_member_is_flagged(tmp_path):
    make_runs(tmp_path / "runs", (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8"))
    run = tmp_path / "runs" / "digits" / "relu"
    with np.load(run / "predictions.npz") as predictions:
        arrays = dict(predictions)
    arrays["test_predictions"][1] = np.nan
    files.write_arrays(run / "predictions.npz", **arrays)
    evaluate.main(
        run / "recipe.json",
        run / "predictions.npz",
        *(tmp_path / "runs" / name for name in KNOWN),
        run,
    )
    assert "1 of 3 diverged" in write(tmp_path / "runs", tmp_path / "reports" / "made")


def test_two_data_sets_and_no_ensemble(tmp_path):
    import shutil

    text = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")
    make_runs(tmp_path / "runs", re.sub(r"ensembles:\n.*\n", "ensembles: []\n", text))
    shutil.copytree(tmp_path / "runs" / "digits", tmp_path / "runs" / "others")
    study = files.read_json(tmp_path / "runs" / "study.json")
    files.write_json(tmp_path / "runs" / "study.json", study | {"datasets": ["digits", "others"]})
    page = write(tmp_path / "runs", tmp_path / "reports" / "made")
    assert '<section id="others-found">' in page
    assert "All data sets" in page
    drawn = {path.name for path in (tmp_path / "reports" / "made" / "figures").iterdir()}
    assert drawn >= {"others-ladder.svg", "digits-curves.svg", "others-cost.svg"}


def test_the_list_of_studies_names_them_all(made):
    folder, _ = made
    write(folder / "runs", folder / "reports" / "another")
    text = (folder / "reports" / "index.html").read_text(encoding="utf-8")
    assert text.count('<th scope="row">') == 2
    assert 'href="tiny/index.html"' in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text


def test_rungs_that_were_made_in_other_environments_are_named(made, tmp_path):
    """Versions are no part of a recipe, so that a rung that was added later may have been trained
    by another torch."""
    assert "Not all rungs were made alike" not in made[1]
    shutil.copytree(made[0] / "runs", tmp_path / "runs")
    path = tmp_path / "runs" / "digits" / "dropout" / "record.json"
    files.write_json(path, files.read_json(path) | {"environment": {"torch": "3"}})
    page = write(tmp_path / "runs", tmp_path / "reports" / "made")
    assert "Not all rungs were made alike" in page
    assert "torch: &lt;b&gt;2&lt;/b&gt; (basic, relu and without dropout), 3 (dropout)" in page


def test_a_study_of_one_rung_has_nothing_to_compare(tmp_path):
    study = yaml.safe_load((ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8"))
    alone = {
        "ladder": ["basic"],
        "beside": [],
        "comparisons": [],
        "ensembles": [],
        "expect": [],
        "techniques": {"basic": study["techniques"]["basic"]},
    }
    make_runs(
        tmp_path / "runs",
        yaml.safe_dump(study | alone | {"budget": study["budget"] | {"members": 1}}),
        members=1,
    )
    page = write(tmp_path / "runs", tmp_path / "reports" / "made")
    assert "Nothing is compared here" in page
    assert "The one rung, basic, reaches test accuracy" in page
    assert "the mean of 1 network, also of" in " ".join(page.split())
    assert "rungs disagree" not in page
    assert "the first rung" in page
    assert "comparisons" not in page


def test_names_that_look_like_numbers_stay_names(tmp_path):
    """And a stanza that no rung uses may have an ensemble's name."""
    make_runs(tmp_path / "runs", (ROOT / "tests" / "quoted.yaml").read_text(encoding="utf-8"))
    out = tmp_path / "reports" / "001"
    page = write(tmp_path / "runs", out)
    ladder = pd.read_csv(out / "tables" / "ladder.csv", dtype=str, keep_default_na=False)
    ladder = ladder.set_index("rung")
    assert ladder["kind"].to_dict() == {
        "1e5": "trained",
        "true": "trained",
        "null": "beside",
        "0o17": "combined",
    }
    assert '<th scope="row">null' in page
    assert '<a href="001/index.html">001</a>' in (tmp_path / "reports" / "index.html").read_text(
        encoding="utf-8"
    )


def test_the_same_bytes_in_a_locale_that_knows_no_unicode(tmp_path):
    text = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8") + "title: Größe – 한글\n"
    make_runs(tmp_path / "runs", text)
    page = write(tmp_path / "runs", tmp_path / "here" / "made")
    assert "Größe – 한글" in page
    runs = tmp_path / "runs"
    flags = {"runs": runs, "normalized": normalized(runs), "claims": CLAIMS}
    flags["studies"] = ROOT / "studies"
    flags |= dict(zip(LOOKED_AT, LOOKS, strict=True))
    there = tmp_path / "there" / "made"
    flags |= {
        "page": there / "index.html",
        "summary-page": there / "summary.md",
        "tables": there / "tables",
        "figures": there / "figures",
        "metrics": there / "metrics.json",
        "best": there / "best",
        "record": there / "report.json",
    }
    arguments = [str(word) for flag, value in flags.items() for word in (f"--{flag}", value)]
    settings = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    command = [sys.executable, "-m", "stages.report", *arguments, "--log", str(tmp_path / "log")]
    subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)
    names = [path.relative_to(tmp_path / "here") for path in (tmp_path / "here").rglob("*.*")]
    assert len(names) > 20
    assert all(
        (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()
        for name in names
    )


def test_the_images_rung_by_rung_are_those_that_rungs_disagree_on_among_all(made):
    folder, page = made
    table = pd.read_csv(folder / "reports" / "made" / "tables" / "predictions.csv", dtype=str)
    rungs = list(dict.fromkeys(table["rung"]))
    right = []
    for rung in rungs:
        with np.load(folder / "runs" / "digits" / rung / "predictions.npz") as data:
            together = data["test_predictions"].mean(axis=0).argmax(axis=1)
        right.append(together == np.load(folder / "runs" / "labels.npy"))
    off = abs(np.mean(right, axis=0) - 0.5)
    picked = table.dropna(subset="disputed").drop_duplicates("index").set_index("index")
    assert len(picked) == 10
    assert off[picked.index.astype(int)].max() <= np.sort(off)[9]
    shown = re.findall(r'scope="col"><img src="[^"]*" alt="test image (\d+)"', page)
    assert shown == picked["disputed"].astype(int).sort_values().index.tolist()
