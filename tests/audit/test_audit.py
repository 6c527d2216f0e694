"""The audit: every number of a study's tables, computed anew from what training left (predictions,
weights, what was measured on the way) and from the data, by code that imports nothing of `stages/`
(audited_*.py)."""

import ast
import hashlib
import sys
from pathlib import Path

import audited_data
import audited_networks as networks
import audited_runs
import numpy as np
import pytest
from audited_files import TEXT, Study, differences, known, number, read, rows, same
from audited_tables import TABLES, judged, ladder
from safetensors.numpy import load_file
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
# What a run's folder holds beside the tables that are audited: what training left, what is
# audited below, and books whose hashes are.
RAW = {
    "cost.json", "data.json", "diagnostics.csv", "ensemble.json", "evaluate.json", "histograms.csv",
    "history.csv", "images.npz", "layers.csv", "metrics.json", "predictions.npz", "recipe.json",
    "record.json", "scores.npz", "train.json", "weights.safetensors",
}  # fmt: skip
# Columns that are words. Names, verdicts and outcomes are no words: they are audited.
WORDS = {
    "ladder": {"changed", "label"},
    "attributes": {"activation", "dropout", "initialization", "network", "optimizer"},
    "claims": {"why"},
}


@pytest.fixture(scope="module")
def study(finished) -> Study:
    digits = {"digits": finished / "data" / "normalized" / "digits"}
    return Study(finished / "runs" / "tiny", finished / "reports" / "tiny", digits)


@pytest.fixture(scope="module")
def runs(study) -> dict:
    return {rung: study.run("digits", rung) for rung in study.rungs}


def test_the_audit_imports_nothing_of_what_it_audits():
    allowed = {"numpy", "scipy", "sklearn", "safetensors", "yaml"} | sys.stdlib_module_names
    for file in HERE.glob("audited_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                root = name.partition(".")[0]
                assert root in allowed or root.startswith("audited_"), (file.name, name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_was_computed_anew(study, name):
    wrong, _ = differences(name, study.page / "tables" / f"{name}.csv", TABLES[name](study))
    assert not wrong, "\n".join(wrong)


def test_every_table_and_every_column_is_audited(study):
    """A new table or column belongs into audited_tables.py; a new column of words into WORDS."""
    assert {file.stem for file in (study.page / "tables").glob("*.csv")} == TABLES.keys()
    words, counted = {}, 0
    for name, table in TABLES.items():
        made = table(study)
        counted += differences(name, study.page / "tables" / f"{name}.csv", made)[1]
        texts = {column for row in made for column, value in row.items() if value is TEXT}
        words |= {name: texts} if texts else {}
    assert words == WORDS
    assert counted > 13_000, f"{counted} values"


def test_the_files_of_a_rung_say_what_was_computed_anew(runs, study):
    names, wrong = study.classes("digits"), []
    for rung, run in runs.items():
        made = audited_runs.tables(run, names)
        there = {file.name for file in run.folder.iterdir()}
        assert there <= RAW | {f"{name}.csv" for name in made}
        for name, expected in made.items():
            wrong += differences(f"{rung}/{name}", run.folder / f"{name}.csv", expected)[0]
    assert not wrong, "\n".join(wrong)


def test_the_numbers_of_a_rung_are_those_of_its_predictions(runs, study):
    said = read(study.page / "metrics.json")["digits"]
    for rung, run in runs.items():
        found, expected = read(run.folder / "metrics.json"), audited_runs.summary(run)
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert same("" if found[name] is None else str(found[name]), value), (rung, name)
        share = {"learned": expected["learned_members"] / expected["members"]}
        of = {"accuracy": expected["accuracy"]} | (share if rung in study.trained else {})
        assert said[rung] == pytest.approx(of)


def test_scores_and_images_are_those_of_the_predictions(runs, study):
    for run in runs.values():
        with np.load(run.folder / "scores.npz") as file:
            assert (file["scores"] == run.right).all()
        shown = list(audited_runs.shown(run, study.classes("digits")))
        with np.load(run.folder / "images.npz") as file:
            kept = dict(file)
        places = [row["index"] for row in shown]
        of_test = np.load(study.data["digits"] / "test_images.npy")
        assert kept["index"].tolist() == places
        assert (kept["images"] == of_test[places]).all()
        assert (kept["truth"] == run.truth).all()
        assert kept["error"].tolist() == [bool(row["error"]) for row in shown]
        softmax = run.arrays["test_predictions"][:, places]
        assert (kept["predicted"] == softmax.argmax(axis=2)).all()
        assert (kept["probability"] == softmax.max(axis=2)).all()


def test_an_ensemble_is_the_mean_of_its_networks(runs, study):
    for name, of in study.combined.items():
        assert runs[name].recipe["combine"] == "mean"
        for part in ("test", "validation", "robustness"):
            together = runs[name].arrays[f"{part}_predictions"][0]
            mean = known(runs[of].arrays[f"{part}_predictions"]).mean(axis=0)
            assert np.allclose(together, mean, atol=1e-7)


def test_the_data_are_scikit_learns_and_no_image_is_in_both_parts(study):
    """Every image once: what is trained on is never tested."""
    folder, digits = study.data["digits"], load_digits()
    whole = np.round(digits.images * (255 / 16)).astype(np.uint8)
    parts = [np.load(folder / f"{part}_images.npy")[:, 0] for part in ("train", "test")]
    labels = [np.load(folder / f"{part}_labels.npy") for part in ("train", "test")]
    made = zip(np.concatenate(parts), np.concatenate(labels), strict=True)
    given = zip(whole, digits.target, strict=True)
    of_both = [sorted((image.tobytes(), int(label)) for image, label in of) for of in (made, given)]
    assert of_both[0] == of_both[1]
    tested = {image.tobytes() for image in parts[1]}
    assert not tested & {image.tobytes() for image in parts[0]}


def test_what_was_validated_at_the_end_is_what_the_predictions_say(runs, study):
    """No network of the tiny study stops early."""
    for rung in study.trained:
        softmax = runs[rung].arrays["validation_predictions"]
        losses = audited_runs.losses(softmax, runs[rung].validated)
        right = (softmax.argmax(axis=2) == runs[rung].validated).mean(axis=1)
        for row, loss, share in zip(judged(study, "digits", rung), losses, right, strict=True):
            assert number(row["validation_loss"]) == pytest.approx(loss, rel=1e-5)
            assert number(row["validation_accuracy"]) == pytest.approx(share)


def _end(run, member: int) -> list[dict[str, str]]:
    seen = rows(run.folder / "diagnostics.csv")
    return [row for row in seen if row["moment"] == "end" and row["member"] == str(member)]


def _network(study, run, member: int, images: np.ndarray) -> tuple[list, list[np.ndarray], str]:
    [activation] = run.recipe["slots"]["activation"]
    layers = networks.weights(run.folder / "weights.safetensors", member)
    return layers, list(networks.outputs(layers, images, activation)), activation


def _first_trained_on(study) -> np.ndarray:
    images = np.load(study.data["digits"] / "train_images.npy")
    held_out = study.run("digits", study.trained[0]).arrays["validation_index"][0]
    return np.delete(images, held_out, axis=0)[:128]


def test_weights_predict_what_the_predictions_say(runs, study):
    images = np.load(study.data["digits"] / "test_images.npy")
    for rung in study.trained:
        run = runs[rung]
        for member, softmax in enumerate(run.arrays["test_predictions"]):
            layers, made, _ = _network(study, run, member, images)
            assert np.allclose(networks.softmax(made[-1]), softmax, atol=2e-5), (rung, member)
            rows_of = networks.layer_rows(layers, made)
            assert not differences("layers", run.folder / "layers.csv", rows_of)[0]
        counted = sum(row["parameters"] for row in rows_of)
        cost = sum(row["multiply_accumulates"] for row in rows_of)
        assert read(run.folder / "record.json")["parameters"]["all"] == counted
        assert read(run.folder / "cost.json")["multiply_accumulates"] == cost


def test_what_was_seen_inside_at_the_end_is_what_the_weights_do(runs, study):
    """The first 128 images that are trained on, in training mode without dropout, which in a
    network without normalization is evaluation mode."""
    images = _first_trained_on(study)
    for rung in study.trained:
        for member in range(len(runs[rung].right)):
            layers, made, activation = _network(study, runs[rung], member, images)
            seen = _end(runs[rung], member)
            for row, (_, weight, _), values in zip(seen, layers, made, strict=True):
                bounded = activation == "sigmoid" and row["layer"] != str(len(layers))
                for name, value in networks.inside(weight, values, bounded).items():
                    near = None if value is None else pytest.approx(value, rel=1e-3, abs=1e-6)
                    assert (number(row[name]) if row[name] else None) == near, (rung, name)


def test_the_histograms_at_the_end_are_those_of_the_weights(runs, study):
    images = _first_trained_on(study)
    for rung in study.trained:
        kept = rows(runs[rung].folder / "histograms.csv")
        _, made, _ = _network(study, runs[rung], 0, images)
        for layer, values in enumerate(made, start=1):
            place = {"moment": "end", "layer": str(layer), "quantity": "activation"}
            of = [row for row in kept if place.items() <= row.items()]
            counts, edges = np.histogram(values, bins=len(of))
            assert number(of[0]["low"]) == pytest.approx(edges[0], rel=1e-3, abs=1e-6)
            assert number(of[-1]["high"]) == pytest.approx(edges[-1], rel=1e-3)
            shares = [number(row["share"]) for row in of]
            # Values at the edge of a bin fall into either by their last digit.
            assert shares == pytest.approx((counts / values.size).tolist(), abs=2e-3)


def test_the_best_network_is_the_one_that_validation_chooses(study):
    """Of all networks; of equal ones that of the lowest loss."""
    best = max(
        ((number(row["validation_accuracy"]), -number(row["validation_loss"]), rung, row["member"])
         for rung in study.trained for row in judged(study, "digits", rung)),
        key=lambda of: of[:2],
    )  # fmt: skip
    alone = load_file(study.page / "best" / "digits.safetensors")
    of = load_file(study.run("digits", best[2]).folder / "weights.safetensors")
    for name, value in alone.items():
        assert (value == of[f"{best[3]}.{name.removeprefix('0.')}"]).all()


def test_every_file_is_what_its_maker_recorded(study, finished):
    """The hashes of all that jobs wrote and read, computed anew."""
    books = [*study.runs.rglob("*.json"), study.page / "report.json"]
    counted = 0
    for book in books:
        said = read(book)
        if not {"read", "wrote"} <= said.keys():
            continue
        named = [(book.parent, said["wrote"]), (finished, said["read"])]
        for base, hashes in named:
            for name, digest in hashes.items():
                if (base / name).is_file():
                    counted += 1
                    assert hashlib.sha256((base / name).read_bytes()).hexdigest() == digest, name
    assert counted > 100


def test_a_share_that_learned_has_a_mark_of_its_own(study):
    """Nothing is better or worse without a corrected p value of at most 0.05."""
    for row in ladder(study):
        sure = [
            row[name] for name in ("p_corrected", "learned_p_corrected") if row[name] is not None
        ]
        marked = row["verdict"] in ("better", "worse", "better and worse")
        assert marked == any(p <= 0.05 for p in sure)


def test_what_is_said_of_the_data_follows_from_the_images(study):
    said, made = read(study.data["digits"] / "facts.json"), audited_data.facts(study.data["digits"])
    assert said.keys() == made.keys()
    assert all(same(str(said[name]), value) for name, value in made.items()), (said, made)


def test_validation_images_are_drawn_and_none_is_trained_on_or_left_out(runs, study):
    labels = np.load(study.data["digits"] / "train_labels.npy")
    held = {runs[rung].arrays["validation_index"].tobytes() for rung in study.trained}
    assert len(held) == 1, "all members of all rungs are validated on the same images"
    index = runs[study.trained[0]].arrays["validation_index"][0]
    share = study.said["budget"]["validation"]
    assert len(set(index.tolist())) == len(index) == round(share * len(labels))
    expected = share * np.bincount(labels)
    assert (abs(np.bincount(labels[index], minlength=10) - expected) < 1).all()
