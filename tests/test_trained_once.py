"""What a training job does with the store: what was trained once is taken from there, whatever it
is called, and is what a training would have made."""

import os

import pytest
from conftest import ROOT
from safetensors import safe_open
from test_train import INPUTS, RECIPE, job, random_images

from stages import files, train
from stages.jobs import provenance, store, store_settings
from stages.records import WRITES
from stages.training import rung
from stages.workflow import verify

# The same under another name, and, where no GPU is, on the same device in the same format.
ALIKE = RECIPE | {"technique": "renamed", "device": "auto", "precision": "float32"}
MEASURED = {"cost.json", "train.json"}
COMMIT = {"commit": "b" * 40, "no_commit": ""}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return random_images(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """ALIKE trained, with nothing kept anywhere."""
    return job(data, tmp_path_factory.mktemp("trained") / "run", ALIKE)


@pytest.fixture
def kept(data, tmp_path, monkeypatch):
    """The store of this test, and in it what RECIPE has left."""
    monkeypatch.setattr(store, "settings", lambda: (True, 10**9))
    monkeypatch.setattr(store, "place", lambda: tmp_path / "store")
    job(data, tmp_path / "first")
    [entry] = (tmp_path / "store").iterdir()
    return entry


@pytest.fixture
def trainings(kept, monkeypatch) -> list[str]:
    """Which rungs are trained after what is kept."""
    found, train_members = [], rung.train_members

    def counted(recipe, *others):
        found.append(recipe["technique"])
        return train_members(recipe, *others)

    monkeypatch.setattr(rung, "train_members", counted)
    return found


def test_the_same_recipe_is_taken_and_every_byte_is_that_of_a_training(
    data, trained, trainings, tmp_path, caplog, monkeypatch
):
    caplog.set_level("INFO", "rungs")
    monkeypatch.setattr(train, "_commit", lambda run: COMMIT)
    run = job(data, tmp_path / "run", ALIKE)
    assert trainings == []
    assert {path.name for path in run.iterdir()} == {*WRITES["train"], "train.json"}
    for name in {*WRITES["train"]} - MEASURED:
        assert (run / name).read_bytes() == (trained / name).read_bytes(), name
    first, cost = (files.read_json(of / "cost.json") for of in (tmp_path / "first", run))
    assert cost == first | {"taken_from": first["run"], "taken_at_commit": "b" * 40}
    assert first["run"] == str(tmp_path / "first")
    [said] = [line for line in caplog.messages if "taken from" in line]
    assert said.startswith(f"renamed: taken from {first['run']} (trained until {first['ended']} on")


def test_a_rung_that_was_taken_can_be_verified(data, trained, trainings, tmp_path, monkeypatch):
    """By the commit that took it: its study is that commit's."""
    monkeypatch.setattr(train, "_commit", lambda run: COMMIT)
    run = job(data, tmp_path / "run", ALIKE)
    verify.judge(run, trained)
    files.write_json(run / "metrics.json", {})
    assert verify._commit(run) == "b" * 40


@pytest.mark.parametrize("other", ["a seed", "images", "a library"])
def test_what_could_come_out_otherwise_is_trained(
    other, data, trainings, kept, tmp_path, monkeypatch
):
    budget, folder = {}, data
    if other == "a seed":
        budget = {"seed": 1}
    if other == "images":
        folder = random_images(tmp_path / "other", test=21)
    if other == "a library":
        machine = provenance.machine() | {"zlib": "other"}
        monkeypatch.setattr(provenance, "machine", lambda: machine)
    job(folder, tmp_path / "run", ALIKE, **budget)
    assert trainings == ["renamed"]
    assert len(list(kept.parent.iterdir())) == 2


def test_what_was_damaged_is_trained_anew_and_kept_again(
    data, trained, trainings, kept, tmp_path, caplog
):
    caplog.set_level("INFO", "rungs")
    (kept / "weights.safetensors").write_bytes(b"damaged")
    run = job(data, tmp_path / "run", ALIKE)
    assert trainings == ["renamed"]
    [said] = [line for line in caplog.messages if "kept" in line]
    assert "weights.safetensors is not what was kept; all is removed, and the rung trained" in said
    assert (run / "weights.safetensors").read_bytes() == (
        trained / "weights.safetensors"
    ).read_bytes()
    assert "taken_from" not in files.read_json(run / "cost.json")
    job(data, tmp_path / "again", ALIKE)
    assert trainings == ["renamed"]


def test_one_that_is_watched_is_trained_and_has_its_event_files(data, trainings, tmp_path):
    run = job(data, tmp_path / "run", ALIKE | {"tensorboard": True})
    assert trainings == ["renamed"]
    assert (run / "tensorboard" / "member-0").is_dir()


def test_what_a_killed_job_could_go_on_from_goes_when_the_rest_is_taken(data, trainings, tmp_path):
    files.write(tmp_path / "run" / ".checkpoint-0", "half a training")
    run = job(data, tmp_path / "run", ALIKE)
    assert trainings == []
    assert not (run / ".checkpoint-0").exists()


def test_a_rung_that_begins_with_anothers_weights_is_taken_where_these_are_the_same(
    data, trainings, kept, tmp_path
):
    """Whatever the other is called; the record says from which file it began here."""

    def begun(name: str, first, take: str = "all"):
        begins = {"rung": name, "dataset": "digits", "recipe": name * 8, "take": take}
        recipe = RECIPE | {"technique": f"from_{name}", "start": begins}
        recipe |= {"budget": RECIPE["budget"] | {"batch_size": 10}}
        run = tmp_path / f"from_{name}_{take}"
        files.write_json(run.with_suffix(".json"), recipe)
        paths = (data / name for name in INPUTS)
        train.main(run.with_suffix(".json"), *paths, run, first / "weights.safetensors")
        return run

    renamed = job(data, tmp_path / "renamed", ALIKE)
    runs = [begun("one", tmp_path / "first"), begun("two", renamed)]
    assert trainings == ["from_one"]
    one, two = (files.read_json(run / "record.json") for run in runs)
    assert two["recipe"]["start"]["rung"] == "two"
    assert one["data"] == two["data"]
    begun("two", renamed, "features")
    assert trainings == ["from_one", "from_two"]


def test_weights_dont_say_what_the_rung_is_called(data, trained):
    with safe_open(trained / "weights.safetensors", framework="np") as file:
        assert "renamed" not in str(file.metadata())


def test_store_false_keeps_nothing_and_takes_nothing(data, trainings, kept, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "settings", store_settings.settings)
    monkeypatch.chdir(tmp_path)
    files.write(tmp_path / store_settings.SETTINGS, store_settings.OFF)
    run = job(data, tmp_path / "run", ALIKE, epochs=1)
    job(data, tmp_path / "again", ALIKE)
    assert trainings == ["renamed"] * 2
    assert os.listdir(kept.parent) == [kept.name]
    assert files.read_json(run / "recipe.json").keys() == RECIPE.keys()


def test_what_is_in_the_stores_way_ends_no_training(data, tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", "rungs")
    monkeypatch.setattr(store, "settings", lambda: (True, 10**9))
    monkeypatch.setattr(store, "place", lambda: ROOT / "README.md" / "store")
    run = job(data, tmp_path / "run")
    assert (run / "train.json").is_file()
    assert [line for line in caplog.messages if "dropout: not kept in" in line]
