"""A training job: what it reads, what it writes, and that a member minds nobody else."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, TINY
from safetensors.numpy import load_file
from test_evaluate import rows

from stages import files, normalize, train
from stages.command import Problem
from stages.compute import devices
from stages.jobs import git, machine
from stages.jobs.checkpoint import Checkpoints
from stages.jobs.store_settings import OFF, SETTINGS
from stages.records import WRITES
from stages.study import fingerprint
from stages.study.recipe import recipes
from stages.study.study import load
from stages.training import outputs

TRAINING, VALIDATION, TEST = 54, 6, 20
RECIPE = recipes(load(TINY))["dropout"]
INPUTS = [
    "train_images.npy",
    "train_labels.npy",
    "test_images.npy",
    "classes.json",
]


def random_images(
    folder: Path,
    side: int = 8,
    channels: int = 1,
    training: int = TRAINING + VALIDATION,
    test: int = TEST,
) -> Path:
    """A small data set of random images, in the form that training reads."""
    random, count = np.random.default_rng(0), training + test
    images, labels = (
        random.integers(256, size=(count, side, side, channels), dtype=np.uint8),
        random.permutation(np.arange(count) % 10),
    )
    parts = {"train": slice(training), "test": slice(training, None)}
    arrays = {
        f"{part}_{kind}": array[places]
        for part, places in parts.items()
        for kind, array in (("images", images), ("labels", labels))
    }
    files.write_arrays(
        folder / "raw.npz",
        **arrays,
        classes=np.array(list("0123456789")),
        source=np.array("random"),
    )
    normalize.main(folder / "raw.npz", folder)
    return folder


def job(data: Path, run: Path, recipe: dict = RECIPE, **budget) -> Path:
    """Train `recipe`, its budget changed by `budget`, into the folder `run`."""
    changed = recipe | {"budget": recipe["budget"] | {"batch_size": 10} | budget}
    if recipe["slots"] != RECIPE["slots"]:
        changed["code"] = fingerprint.of("stages.train", recipe["slots"], recipe["task"])
    files.write_json(run.with_suffix(".json"), changed)
    train.main(run.with_suffix(".json"), *(data / name for name in INPUTS), run)
    return run


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return random_images(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def run(data) -> Path:
    return job(data, data / "run")


def test_a_job_writes_the_contracts_files(run):
    assert {path.name for path in run.iterdir()} == {*WRITES["train"], "train.json"}
    assert (run / "recipe.json").read_bytes() == run.with_suffix(".json").read_bytes()


def test_twice_is_the_same_bytes_but_for_the_cost(data, run, tmp_path):
    again = job(data, tmp_path / "again")
    for path in run.iterdir():
        if path.name not in ("cost.json", "train.json"):
            assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_one_member_more_changes_nothing_for_the_others(data, run, tmp_path):
    more = job(data, tmp_path / "more", members=3)
    before, after = (load_file(folder / "weights.safetensors") for folder in (run, more))
    assert {name.partition(".")[0] for name in after} == {"0", "1", "2"}
    assert all(after[name].tobytes() == value.tobytes() for name, value in before.items())
    assert rows(more / "history.csv")[:4] == rows(run / "history.csv")
    with np.load(run / "predictions.npz") as before, np.load(more / "predictions.npz") as after:
        for name in ("validation_predictions", "test_predictions"):
            np.testing.assert_array_equal(after[name][:2], before[name])


# Of the validation images' labels, test_loop.py tests it: the labels decide which are held out.
@pytest.mark.parametrize("unseen", ["validation images", "test images"])
def test_weights_know_nothing_of_what_they_are_judged_by(unseen, data, run, tmp_path):
    part, kind = unseen.split()
    for name in INPUTS:
        (tmp_path / name).write_bytes((data / name).read_bytes())
    path = tmp_path / f"{'train' if part == 'validation' else 'test'}_{kind}.npy"
    with np.load(run / "predictions.npz") as predictions:
        index = predictions["validation_index"][0] if part == "validation" else slice(VALIDATION)
    array = np.load(path)
    array[index] = 255 - array[index]
    np.save(path, array)
    other = job(tmp_path, tmp_path / "run")
    assert (other / "weights.safetensors").read_bytes() == (
        run / "weights.safetensors"
    ).read_bytes()
    changed = "history.csv" if part == "validation" else "predictions.npz"
    assert (other / changed).read_bytes() != (run / changed).read_bytes()


def test_predictions_are_probabilities_and_the_curve_ends_in_them(run):
    with np.load(run / "predictions.npz") as predictions:
        amounts = dict(
            zip(
                zip(predictions["robustness_kind"], predictions["robustness_amount"], strict=True),
                range(99),
                strict=False,
            )
        )
        unchanged = predictions["robustness_predictions"][:, amounts["rotation", 0]]
        np.testing.assert_array_equal(
            unchanged, predictions["test_predictions"][:, : unchanged.shape[1]]
        )
        assert predictions["validation_predictions"].shape == (2, VALIDATION, 10)
        assert predictions["test_predictions"].shape == (2, TEST, 10)
        np.testing.assert_allclose(predictions["test_predictions"].sum(axis=2), 1, rtol=1e-5)
        assert list(zip(predictions["curve_series"], predictions["curve_step"], strict=True)) == [
            (0, 1),
            (0, 2),
            (1, 1),
            (1, 2),
        ]
        np.testing.assert_array_equal(
            predictions["curve_predictions"][[1, 3]], predictions["test_predictions"].argmax(axis=2)
        )


def test_the_history_ends_in_what_the_predictions_give(data, run):
    with np.load(run / "predictions.npz") as predictions:
        validation = predictions["validation_predictions"]
        [index] = np.unique(predictions["validation_index"], axis=0)
    truth = np.load(data / "train_labels.npy")[index]
    for last, probabilities in zip(rows(run / "history.csv")[1::2], validation, strict=True):
        assert float(last["validation_accuracy"]) == pytest.approx(
            (probabilities.argmax(axis=1) == truth).mean()
        )
        assert float(last["validation_loss"]) == pytest.approx(
            -np.log(probabilities[np.arange(VALIDATION), truth]).mean(), rel=1e-5
        )


def test_without_validation_all_images_train_and_its_columns_are_empty(data, run, tmp_path):
    # Batches of all 60 images: with 6 for validation there would be too few.
    every = job(data, tmp_path / "every", validation=0, batch_size=TRAINING + VALIDATION)
    assert {row["validation_accuracy"] for row in rows(every / "history.csv")} == {""}
    with np.load(every / "predictions.npz") as predictions:
        assert predictions["validation_predictions"].shape == (2, 0, 10)


def test_the_record_says_what_made_it(data, run):
    record = files.read_json(run / "record.json")
    assert record["recipe"] == files.read_json(run / "recipe.json")
    hashes = {
        Path(name).stem: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in INPUTS
    }
    assert record["data"] == hashes
    assert record["environment"]["cuda_graph"] is False, "asked for by default, but no GPU did it"
    count = sum(
        value.size
        for name, value in load_file(run / "weights.safetensors").items()
        if name.startswith("0.")
    )
    assert record["parameters"] == {"trainable": count, "all": count}
    assert record["environment"]["python"] == sys.version.split()[0]


def test_bfloat16_is_another_result_near_by_and_kept_as_float32(data, run, tmp_path):
    half = job(data, tmp_path / "run", RECIPE | {"precision": "bfloat16"})
    before, after = (load_file(folder / "weights.safetensors") for folder in (run, half))
    assert {value.dtype for value in after.values()} == {np.dtype("float32")}
    largest = max(abs(after[name] - before[name]).max() for name in before)
    assert 0 < largest < 0.1
    assert files.read_json(half / "record.json")["environment"]["precision"] == "bfloat16"
    with np.load(half / "predictions.npz") as predictions:
        np.testing.assert_allclose(predictions["test_predictions"].sum(axis=2), 1, rtol=1e-5)


def test_activations_at_the_start_are_the_same_in_either_precision(data, run, tmp_path):
    """Values that bfloat16 rounds to the same do differ: units would seem dead that are not."""
    half = job(data, tmp_path / "run", RECIPE | {"precision": "bfloat16"}, epochs=1)
    names = "units", "activation_mean", "activation_std", "constant_units"
    at_start = [
        [
            [row[name] for name in names]
            for row in rows(folder / "diagnostics.csv")
            if row["moment"] == "start"
        ]
        for folder in (run, half)
    ]
    assert at_start[0] == at_start[1] != []


@pytest.mark.parametrize(("batch_size", "expected"), [(9, "float32"), (10, "bfloat16")])
def test_a_precision_that_was_left_open_is_recorded(
    batch_size, expected, tmp_path, monkeypatch, caplog
):
    """Of images of 32x32 pixels, 10 are more than 10,000 pixels."""
    monkeypatch.setattr(devices, "gains_from_bfloat16", lambda cpuinfo: True)
    caplog.set_level("DEBUG", "rungs")
    recipe = {
        **RECIPE,
        "slots": RECIPE["slots"] | {"network": {"basic": {"width": 1}}},
        "precision": "auto",
    }
    run = job(
        random_images(tmp_path, side=32),
        tmp_path / "run",
        recipe,
        batch_size=batch_size,
        epochs=1,
        members=1,
    )
    assert files.read_json(run / "record.json")["environment"]["precision"] == expected
    assert files.read_json(run / "recipe.json")["precision"] == "auto"
    assert f"dropout: on this machine, in {expected}" in caplog.text


def test_event_files_hold_the_history_and_the_graph_and_change_no_result(data, run, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    watched = job(data, tmp_path / "run", RECIPE | {"tensorboard": True})
    for name in ("weights.safetensors", "history.csv", "predictions.npz"):
        assert (watched / name).read_bytes() == (run / name).read_bytes(), name
    for member in range(2):
        events = EventAccumulator(str(watched / "tensorboard" / f"member-{member}")).Reload()
        expected = [
            float(row["train_loss"])
            for row in rows(run / "history.csv")
            if row["member"] == str(member)
        ]
        assert [event.value for event in events.Scalars("train_loss")] == pytest.approx(
            expected, rel=1e-6
        )
        assert [event.step for event in events.Scalars("validation_accuracy")] == [1, 2]
        assert any(node.op == "aten::_convolution" for node in events.Graph().node)


def test_the_cost_is_written_down(data, run):
    cost = files.read_json(run / "cost.json")
    assert min(cost["seconds"], cost["diagnostics_seconds"], cost["robustness_seconds"]) > 0
    # Two members, two epochs, 5 full batches of 10.
    assert cost["images_per_second"] == pytest.approx(200 / cost["seconds"], rel=0.05)
    assert 100 < cost["peak_memory_mib"] < 3000
    assert (cost["device"], cost["peak_gpu_memory_mib"]) == ("cpu", None)
    # Two 3x3 convolutions on 8x8 and 4x4 places, and two dense layers behind 2x2 places: width 4.
    convolutions, dense = 64 * 4 * 9 + 16 * 8 * 4 * 9, 4 * 8 * 48 + 48 * 10
    assert cost["multiply_accumulates"] == convolutions + dense
    layers = rows(run / "layers.csv")
    assert sum(int(row["multiply_accumulates"]) for row in layers) == convolutions + dense
    trainable = files.read_json(run / "record.json")["parameters"]["trainable"]
    assert sum(int(row["parameters"]) for row in layers) == trainable


# Robustness would take most of the time, and needs no more memory than the other predictions.
ONE_SETTING = """
import runpy
from stages.training import robustness
robustness.SETTINGS = robustness.SETTINGS[:1]
runpy.run_module("stages.train", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(
    0 < machine.memory() < 2 * 2**30,
    reason="it takes up to 1.6 GiB, and this process has less than 2",
)
def test_a_wide_network_stays_below_its_memory(tmp_path):
    """Ten convolutions of 64 to 512 filters, batch 128, in float32, which every processor computes
    by itself: 1,480 MiB were measured, and 1,843 where predictions are made in batches of 512.

    A job of its own, because the peak is a process's.
    """
    slots = RECIPE["slots"] | {
        "network": {"deeper": {"width": 64}},
        "normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}},
        "augmentation": [{"crop": {"padding": 4}}, {"flip": {"probability": 0.5}}],
    }
    budget = {"epochs": 1, "batch_size": 128, "members": 1, "validation": 0.0, "seed": 0}
    code = fingerprint.of("stages.train", slots, "classification")
    recipe = RECIPE | {"slots": slots, "budget": budget, "threads": 2, "code": code}
    recipe["precision"] = "float32"
    files.write_json(tmp_path / "recipe.json", recipe)
    data = random_images(tmp_path, side=32, channels=3, training=128, test=512)
    flags = [
        part for name in INPUTS for part in (f"--{Path(name).stem.replace('_', '-')}", data / name)
    ]
    where = ["--recipe", tmp_path / "recipe.json", "--run", tmp_path / "run"]
    command = [sys.executable, "-c", ONE_SETTING, *where, *flags]
    files.write(tmp_path / SETTINGS, OFF)
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=here)
    assert files.read_json(tmp_path / "run" / "cost.json")["peak_memory_mib"] < 1650


def test_running_statistics_are_stored_but_not_trained(data, tmp_path):
    slots = RECIPE["slots"] | {
        "normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}}
    }
    parameters = files.read_json(
        job(data, tmp_path / "run", RECIPE | {"slots": slots}, epochs=1) / "record.json"
    )["parameters"]
    # Mean and variance of each of the 4 and 8 filters.
    assert parameters["all"] - parameters["trainable"] == 2 * (4 + 8)


def test_a_diverged_rung_is_written_whole(data, tmp_path):
    slots = RECIPE["slots"] | {"optimizer": {"sgd": {"learning_rate": 1e30}}}
    run = job(data, tmp_path / "run", RECIPE | {"slots": slots})
    assert [(row["member"], row["epoch"]) for row in rows(run / "history.csv")] == [
        ("0", "1"),
        ("0", "2"),
        ("1", "1"),
        ("1", "2"),
    ]
    with np.load(run / "predictions.npz") as predictions:
        assert np.isnan(predictions["test_predictions"]).any()


def test_a_batch_that_is_too_large_writes_nothing(data, tmp_path):
    with pytest.raises(
        Problem, match=f"found {TRAINING + 1}, but there are {TRAINING} training images"
    ):
        job(data, tmp_path / "run", batch_size=TRAINING + 1)
    assert not (tmp_path / "run").exists()


def test_the_recipe_comes_last(data, tmp_path):
    """It tells that a run is the recipe's: a job that breaks off before must not leave it."""
    (tmp_path / "run" / "cost.json").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        job(data, tmp_path / "run")
    assert not (tmp_path / "run" / "recipe.json").exists()


def test_code_that_is_not_the_recipes_is_one_line(data, tmp_path):
    """It was changed while the study was running: what it makes is not what the recipe says."""
    other = RECIPE | {"code": RECIPE["code"] | {"stages.training": "0" * 64}}
    with pytest.raises(
        Problem,
        match=r"recipe: stages\.training changed after the recipe was written; start the run again",
    ):
        job(data, tmp_path / "run", other)
    assert not (tmp_path / "run").exists()


def test_checkpoints_go_last(data, tmp_path, monkeypatch):
    """Killed between the two, a job would have nothing to go on from.

    Nor would there be a recipe that says that it is complete.
    """
    monkeypatch.setattr(
        Checkpoints, "clear", lambda self: (self.run / "recipe.json").rename(self.run / "was there")
    )
    job(data, tmp_path / "run")
    assert (tmp_path / "run" / "was there").is_file()


def test_the_commit_is_that_of_the_start(data, tmp_path, monkeypatch):
    """A long training may see the next one, whose code it does not run."""
    head, write = ["the first"], outputs.write

    def commit_meanwhile(*arguments):
        head[0] = "the next"
        write(*arguments)

    monkeypatch.setattr(git, "commit", lambda folder: (head[0], ""))
    monkeypatch.setattr(outputs, "write", commit_meanwhile)
    assert files.read_json(job(data, tmp_path / "run") / "cost.json")["commit"] == "the first"
    assert head == ["the next"]
