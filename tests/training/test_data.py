"""Which images a training sees: all but those for validation, or what `sampling` takes of them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from cases import PLAIN, recipe

from stages import files
from stages.command import Problem
from stages.training import data

IMAGES, CLASSES = 100, 5


@pytest.fixture
def paths(tmp_path) -> dict[str, Path]:
    """A data set in which pixel 0 of an image is its index."""
    images = np.zeros((IMAGES, 1, 4, 4), dtype=np.uint8)
    images[:, 0, 0, 0] = range(IMAGES)
    arrays = {"train_images": images, "train_labels": np.arange(IMAGES) % CLASSES}
    arrays["test_images"] = images[:3]
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    files.write_json(tmp_path / "statistics.json", {"zero_centered": {"mean": 1.0, "maximum": 2.0}})
    files.write_json(tmp_path / "classes.json", {"names": [str(k) for k in range(CLASSES)]})
    return {name: tmp_path / f"{name}.npy" for name in arrays} | {
        name: tmp_path / f"{name}.json" for name in ("statistics", "classes")
    }


def loaded(paths: dict[str, Path], sampling: dict | None = None, **budget):
    slots = PLAIN | ({"sampling": {"subset": sampling}} if sampling else {})
    return data.load(paths, recipe(slots, validation=0.2, **budget), torch.device("cpu"))


def indices(images: torch.Tensor) -> list[int]:
    return images[:, 0, 0, 0].tolist()


def test_without_sampling_all_but_the_validation_images(paths):
    everything = loaded(paths)
    assert indices(everything.train_images) == list(range(80))
    assert indices(everything.validation_images) == list(range(80, 100))


@pytest.mark.parametrize(
    ("sampling", "count"),
    [({"share": 0.25, "per_class": None}, 20), ({"share": 1.0, "per_class": 3}, 15)],
    ids=["share", "per_class"],
)
def test_sampling_takes_no_validation_image_and_each_with_its_target(paths, sampling, count):
    sampled = loaded(paths, sampling)
    found = indices(sampled.train_images)
    assert len(found) == count
    assert max(found) < 80
    assert sampled.train_targets.tolist() == [index % CLASSES for index in found]
    assert indices(sampled.validation_images) == list(range(80, 100))
    assert sampled.statistics == loaded(paths).statistics


def test_the_study_s_seed_decides_which_and_nothing_else_does(paths):
    half = {"share": 0.5, "per_class": None}
    first, again = loaded(paths, half), loaded(paths, half, members=7, epochs=3)
    assert indices(first.train_images) == indices(again.train_images)
    assert indices(first.train_images) != indices(loaded(paths, half, seed=1).train_images)


def test_all_of_them_are_what_there_is_without_the_slot(paths):
    everything = loaded(paths, {"share": 1.0, "per_class": None})
    assert everything.train_images.equal(loaded(paths).train_images)


def test_a_batch_larger_than_what_is_chosen(paths):
    with pytest.raises(Problem, match=r"^budget.batch_size: found 30, but there are 20 training"):
        loaded(paths, {"share": 0.25, "per_class": None}, batch_size=30)
