"""Metrics against scikit-learn's, on random predictions."""

import csv

import numpy as np
import pytest
import sklearn.calibration
import sklearn.metrics

from stages import ensemble, evaluate, files
from stages.study import fingerprint

INPUTS = (
    "task.json",
    "predictions.npz",
    "images.npy",
    "labels.npy",
    "classes.json",
    "facts.json",
)


@pytest.fixture
def case(tmp_path):
    """Three members' predictions of 60 images in 4 classes; the last member has diverged."""
    random = np.random.default_rng(0)
    truth = np.concatenate([np.arange(4), random.integers(4, size=56)])
    probabilities = random.dirichlet(np.ones(4), size=(3, 60)).astype(np.float32)
    probabilities[2] = np.nan
    files.write_arrays(
        tmp_path / "predictions.npz",
        validation_predictions=probabilities[:, :5],
        validation_index=np.tile(np.arange(5), (3, 1)),
        test_predictions=probabilities,
        robustness_predictions=np.stack([probabilities[:, :20], probabilities[:, 20:40]], axis=1),
        robustness_kind=np.array(["rotation", "size"]),
        robustness_unit=np.array(["degrees", "times as large"]),
        robustness_amount=np.array([30.0, 1.6]),
        curve_series=np.array([0, 1]),
        curve_step=np.array([1, 1]),
        curve_predictions=probabilities[:2].argmax(axis=2).astype(np.uint8),
    )
    files.write_array(tmp_path / "labels.npy", truth)
    files.write_array(
        tmp_path / "images.npy", random.integers(256, size=(60, 1, 5, 5)).astype(np.uint8)
    )
    files.write_json(tmp_path / "classes.json", {"names": list("abcd"), "source": "drawn"})
    files.write_json(tmp_path / "task.json", {"task": "classification"})
    files.write_json(tmp_path / "facts.json", {"copies": 7})
    evaluate.main(
        *(tmp_path / name for name in INPUTS),
        run=tmp_path / "run",
    )
    return tmp_path / "run", probabilities, truth


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_accuracy_and_loss(case):
    run, probabilities, truth = case
    members = rows(run / "members.csv")
    for i in range(2):
        assert float(members[i]["accuracy"]) == sklearn.metrics.accuracy_score(
            truth, probabilities[i].argmax(axis=1)
        )
        assert float(members[i]["loss"]) == pytest.approx(
            sklearn.metrics.log_loss(truth, probabilities[i]), rel=1e-5
        )


def test_of_a_trained_rung_the_images_of_full_batches_are_scored_alone_too(case):
    """As a deck does that judges by batches of 16: by 48 of 60 images."""
    run, probabilities, truth = case
    assert {row["accuracy_full_batches"] for row in rows(run / "members.csv")} == {""}
    files.write_json(
        run.parent / "trained.json", {"task": "classification", "budget": {"batch_size": 16}}
    )
    read = "trained.json", *INPUTS[1:]
    evaluate.main(*(run.parent / name for name in read), run=run.parent / "full")
    for name, key in (("members", "member"), ("curve", "series")):
        for row in rows(run.parent / "full" / f"{name}.csv")[:2]:
            right = probabilities[int(row[key]), :48].argmax(axis=1) == truth[:48]
            assert float(row["accuracy_full_batches"]) == right.mean()
    first = rows(run.parent / "full" / "members.csv")[0]
    assert float(first["loss_full_batches"]) == pytest.approx(
        sklearn.metrics.log_loss(truth[:48], probabilities[0, :48]), rel=1e-5
    )


def test_a_diverged_member_counts_with_what_it_has(case):
    run, _, truth = case
    last, metrics = rows(run / "members.csv")[2], files.read_json(run / "metrics.json")
    assert (last["diverged"], last["loss"], float(last["accuracy"])) == (
        "1",
        "",
        (truth == 0).mean(),
    )
    assert (metrics["members"], metrics["diverged_members"]) == (3, 1)
    assert metrics["accuracy"] == pytest.approx(
        np.mean([float(row["accuracy"]) for row in rows(run / "members.csv")])
    )


def test_confusion_and_classes(case):
    run, probabilities, truth = case
    predicted = probabilities.argmax(axis=2)
    expected = sum(sklearn.metrics.confusion_matrix(truth, p) for p in predicted)
    counts = np.array([int(row["count"]) for row in rows(run / "confusion.csv")]).reshape(4, 4)
    np.testing.assert_array_equal(counts, expected)
    everything = sklearn.metrics.precision_recall_fscore_support(
        np.tile(truth, 3), predicted.ravel()
    )
    for row, precision, recall, images in zip(
        rows(run / "per_class.csv"), *everything[:2], everything[3] / 3, strict=True
    ):
        assert (float(row["precision"]), float(row["recall"]), int(row["images"])) == (
            pytest.approx(precision),
            pytest.approx(recall),
            images,
        )


def test_accuracy_under_each_transformation(case):
    """Held against the truth of the first test images."""
    run, probabilities, truth = case
    found = rows(run / "robustness.csv")
    assert len(found) == 2 * 3
    for row in found:
        shown = slice(0, 20) if row["transform"] == "rotation" else slice(20, 40)
        expected = sklearn.metrics.accuracy_score(
            truth[:20], probabilities[int(row["member"]), shown].argmax(axis=1)
        )
        assert (float(row["accuracy"]), row["images"]) == (expected, "20")
    assert (found[0]["unit"], found[0]["amount"], found[-1]["unit"], found[-1]["amount"]) == (
        "degrees",
        "30.0",
        "times as large",
        "1.6",
    )


def test_calibration_is_scikit_learns(case):
    """In bins of one width, of the predicted class's probability; the diverged member has none."""
    run, probabilities, truth = case
    sure, right = (
        probabilities[:2].max(axis=2).ravel(),
        (probabilities[:2].argmax(axis=2) == truth).ravel(),
    )
    accuracy, confidence = sklearn.calibration.calibration_curve(right, sure, n_bins=10)
    found = [row for row in rows(run / "calibration.csv") if row["count"] != "0"]
    np.testing.assert_allclose([float(row["accuracy"]) for row in found], accuracy, rtol=1e-6)
    np.testing.assert_allclose([float(row["confidence"]) for row in found], confidence, rtol=1e-6)
    counts = np.array([int(row["count"]) for row in found])
    expected = (counts * abs(accuracy - confidence)).sum() / counts.sum()
    assert files.read_json(run / "metrics.json")["calibration_error"] == pytest.approx(expected)


def test_which_images_each_member_correctly_classified(case):
    run, probabilities, truth = case
    with np.load(run / "scores.npz") as stored:
        scores = stored["scores"]
    np.testing.assert_array_equal(scores, probabilities.argmax(axis=2) == truth)


def test_the_most_confident_errors_are_shown(case):
    run, probabilities, truth = case
    together = probabilities[:2].mean(axis=0)
    wrong = [i for i in np.argsort(-together.max(axis=1)) if together[i].argmax() != truth[i]][:12]
    with np.load(run / "images.npz") as shown:
        assert str(shown["source"]) == "drawn"
        assert set(shown["index"][shown["error"]]) == set(wrong)


def test_images_are_the_first_25_and_8_of_each_class(case):
    run, probabilities, truth = case
    with np.load(run / "images.npz") as images:
        index = images["index"]
        assert set(range(25)) <= set(index)
        assert all(set(np.flatnonzero(truth == label)[:8]) <= set(index) for label in range(4))
        np.testing.assert_array_equal(images["truth"], truth)
        together = probabilities[:2].mean(axis=0)
        np.testing.assert_array_equal(images["together"], together.argmax(axis=1))
        np.testing.assert_array_equal(images["confidence"], together.max(axis=1))
        np.testing.assert_array_equal(images["predicted"], probabilities[:, index].argmax(axis=2))


def test_an_ensemble_is_evaluated_like_a_rung(case, tmp_path):
    files.write_json(
        tmp_path / "recipe.json",
        {
            "of": "x",
            "combine": "mean",
            "task": "classification",
            "code": fingerprint.of("stages.ensemble", {}, "classification", "mean"),
        },
    )
    ensemble.main(tmp_path / "recipe.json", tmp_path / "predictions.npz", tmp_path / "joined")
    read = "recipe.json", "joined/predictions.npz", *INPUTS[2:]
    evaluate.main(*(tmp_path / name for name in read), run=tmp_path / "joined")
    assert files.read_json(tmp_path / "joined" / "metrics.json")["members"] == 1
    assert [row["step"] for row in rows(tmp_path / "joined" / "curve.csv")] == [
        "1",
        "1",
        "1",
        "2",
        "2",
        "2",
        "3",
    ]


def test_what_is_known_of_the_data_goes_with_a_rung(case):
    run, _, _ = case
    found = files.read_json(run / "data.json")
    # 60 images are no two blocks.
    assert found == {"copies": 7, "blocks": 0, "block_effect": None}
