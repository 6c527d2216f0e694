"""Which images a training sees: all but those for validation, or what `sampling` takes of them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from cases import PLAIN, recipe

from stages import files
from stages.command import Problem
from stages.training import data
from stages.training.member import Data

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
    files.write_json(tmp_path / "classes.json", {"names": [str(k) for k in range(CLASSES)]})
    tables = {"classes": tmp_path / "classes.json"}
    return {name: tmp_path / f"{name}.npy" for name in arrays} | tables


def loaded(paths: dict[str, Path], slots: dict | None = None, member: int = 0, **budget) -> Data:
    made_of = recipe(PLAIN | (slots or {}), validation=0.2, **budget)
    return data.of_member(data.load(paths, made_of, torch.device("cpu")), made_of, member)


def subset(**options) -> dict:
    return {"sampling": {"subset": {"share": 1.0, "per_class": None} | options}}


def indices(images: torch.Tensor) -> list[int]:
    return images[:, 0, 0, 0].tolist()


def seen(found: Data) -> list[int]:
    """The training images of an epoch, in order."""
    return sorted(indices(found.first(found.count)[0]))


def test_without_sampling_all_but_the_validation_images(paths):
    everything = loaded(paths)
    held_out = indices(everything.validation_images)
    assert everything.validation.tolist() == held_out == sorted(held_out)
    assert sorted(seen(everything) + held_out) == list(range(IMAGES))
    assert everything.validation_targets.tolist() == [index % CLASSES for index in held_out]


def test_validation_has_as_many_of_each_class_and_is_no_run_of_neighbours(paths):
    found = loaded(paths)
    assert found.validation_targets.bincount().tolist() == [4] * CLASSES
    assert found.validation.diff().unique().numel() > 3
    assert found.validation.tolist() != loaded(paths, seed=1).validation.tolist()
    again = loaded(paths, member=1, members=7, epochs=3, batch_size=2)
    assert found.validation.tolist() == again.validation.tolist()


@pytest.mark.parametrize("targets", ["unequal classes", "one of each class", "no classes"])
def test_a_share_is_drawn_whatever_the_targets_are(targets, paths):
    labels = {
        "unequal classes": np.repeat([0, 1, 2], [90, 7, 3]),
        "one of each class": np.arange(IMAGES),
        "no classes": np.zeros((IMAGES, 4, 4), dtype=np.uint8),
    }[targets]
    np.save(paths["train_labels"], labels)
    task = "segmentation" if labels.ndim > 1 else "classification"
    made_of = recipe(PLAIN, validation=0.1) | {"task": task}
    found = data.load(paths, made_of, torch.device("cpu"))
    assert len(found.validation) == 10
    if targets == "unequal classes":
        assert found.validation_targets.bincount(minlength=3).tolist() in ([9, 1, 0], [9, 0, 1])


def test_the_statistics_are_those_of_the_images_that_are_trained_on(paths):
    images = np.load(paths["train_images"])
    bootstrap = {"sampling": {"bootstrap": {"share": 1.0}}}
    folds = {"split": {"k_fold": {"folds": 5, "stratified": True}}}
    for slots in ({}, subset(share=0.25), bootstrap, folds):
        found = loaded(paths, slots)
        trained = images[seen(found)]
        mean = trained.mean(dtype=np.float64)
        assert found.statistics == {
            "zero_centered": {"mean": mean, "maximum": trained.max() - mean}
        }


@pytest.mark.parametrize(
    ("sampling", "count"),
    [(subset(share=0.25), 20), (subset(per_class=3), 15)],
    ids=["share", "per_class"],
)
def test_sampling_takes_no_validation_image_and_each_with_its_target(paths, sampling, count):
    sampled = loaded(paths, sampling)
    images, targets = sampled.first(100)
    assert len(images) == sampled.count == count
    assert set(seen(sampled)) <= set(seen(loaded(paths)))
    assert targets.tolist() == [index % CLASSES for index in indices(images)]
    assert indices(sampled.validation_images) == indices(loaded(paths).validation_images)


def test_the_study_s_seed_decides_which_and_nothing_else_does(paths):
    half = subset(share=0.5)
    first, again = loaded(paths, half), loaded(paths, half, member=1, members=7, epochs=3)
    assert seen(first) == seen(again)
    assert seen(first) != seen(loaded(paths, half, seed=1))


def test_all_of_them_are_what_there_is_without_the_slot(paths):
    assert seen(loaded(paths, subset())) == seen(loaded(paths))


def test_batches_are_of_the_chosen_images_alone(paths):
    found = loaded(paths, subset(share=0.25))
    of_epoch = data.batches(found, 5, torch.Generator())
    assert sorted(indices(found.train_images[torch.cat(of_epoch)])) == seen(found)


def test_a_bootstrap_is_each_member_s_own(paths):
    drawn = {"sampling": {"bootstrap": {"share": 1.0}}}
    first, second = (loaded(paths, drawn, member) for member in (0, 1))
    assert first.count == second.count == 80
    assert len(set(seen(first))) < 80
    assert seen(first) != seen(second)
    assert set(seen(first)) <= set(seen(loaded(paths)))


def test_folds_take_turns_and_leave_no_image_out(paths):
    folds = {"split": {"k_fold": {"folds": 5, "stratified": True}}}
    found = [loaded(paths, folds, member) for member in range(5)]
    for of in found:
        validated = indices(of.validation_images)
        assert sorted(validated + seen(of)) == list(range(100))
        assert of.validation.tolist() == validated
        assert of.validation_targets.tolist() == [index % CLASSES for index in validated]
    together = torch.cat([of.validation_images for of in found])
    assert sorted(indices(together)) == list(range(100))


def test_of_a_fold_s_training_images_a_subset_is_taken(paths):
    both = {"split": {"k_fold": {"folds": 5, "stratified": True}}} | subset(per_class=2)
    found = loaded(paths, both, member=2)
    assert found.count == 10
    assert set(seen(found)).isdisjoint(indices(found.validation_images))


def test_images_drawn_by_weights(paths):
    made_of = recipe(PLAIN, validation=0.2)
    whole = data.load(paths, made_of, torch.device("cpu"))
    weights = torch.zeros(80, dtype=torch.float64)
    weights[[3, 7]] = torch.tensor([0.75, 0.25], dtype=torch.float64)
    found = seen(data.of_member(whole, made_of, 0, weights))
    often, seldom = seen(whole)[3], seen(whole)[7]
    assert set(found) == {often, seldom}
    assert len(found) == 80
    assert found.count(often) > found.count(seldom)


def test_a_batch_larger_than_what_is_chosen(paths):
    with pytest.raises(Problem, match=r"^budget.batch_size: found 30, but there are 20 training"):
        loaded(paths, subset(share=0.25), batch_size=30)
