"""Members that build on each other: drawn by what those before them got wrong, the same after an
interruption."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch
from cases import PLAIN, Kept, everything, random_data, recipe

from stages.command import Problem
from stages.training import boosting, outputs, rung
from stages.training.member import FLOAT32
from stages.training.rung import train_members

DATA = random_data((1, 8, 8))
RECIPE = recipe(PLAIN | {"boosting": {"samme": {"learning_rate": 1.0}}}, members=3, epochs=2)


def trained(kept: Kept, watching=lambda member, resumed: nullcontext([])) -> list:
    return train_members(RECIPE, DATA, FLOAT32, kept, watching)


def test_a_member_sees_more_of_what_the_one_before_got_wrong(monkeypatch):
    seen = []

    def noted(recipe, data, *rest, **more):
        seen.append(data.chosen)
        return original(recipe, data, *rest, **more)

    original = rung.steps
    monkeypatch.setattr(rung, "steps", noted)
    first, *_ = trained(Kept())
    assert [len(chosen) for chosen in seen] == [10, 10, 10]
    assert len({tuple(chosen.tolist()) for chosen in seen}) == 3
    weights = boosting.first(RECIPE, DATA)
    again = replace(first, train_predictions=torch.eye(10)[(DATA.train_targets + 1) % 10])
    again.train_predictions[:5] = torch.eye(10)[DATA.train_targets[:5]]
    after = boosting.after(RECIPE, DATA, again, weights)
    assert (after[5:] > weights[5:]).all()
    assert (after[:5] < weights[:5]).all()


def test_interrupted_and_gone_on_with_it_ends_in_the_same_bytes():
    whole, kept = trained(Kept()), Kept()

    def broken_off(member: int, resumed: bool):
        if member == 2:
            raise KeyboardInterrupt
        return nullcontext([])

    with pytest.raises(KeyboardInterrupt):
        trained(kept, broken_off)
    assert sorted(kept) == [0, 1]
    resumed = trained(kept)
    assert [member.vote for member in resumed] == [member.vote for member in whole]
    assert [everything(member) for member in resumed] == [everything(member) for member in whole]


def test_votes_are_kept_with_the_predictions(tmp_path):
    members = trained(Kept())
    outputs.write(members, "classification", tmp_path, {})
    with np.load(tmp_path / "predictions.npz") as made:
        assert made["votes"].tolist() == [member.vote for member in members]
    assert all(member.train_predictions is None for member in members)


def test_folds_of_different_sizes_are_filled_up(tmp_path):
    folds = recipe(PLAIN | {"split": {"k_fold": {"folds": 4, "stratified": False}}}, members=3)
    folds["budget"]["batch_size"] = 5
    members = train_members(folds, DATA, FLOAT32, Kept(), lambda *_: nullcontext([]))
    outputs.write(members, "classification", tmp_path, {})
    with np.load(tmp_path / "predictions.npz") as made:
        assert (made["validation_index"] == -1).sum(axis=1).tolist() == [0, 0, 1]
        missing = np.isnan(made["validation_predictions"]).all(axis=2)
        assert (missing == (made["validation_index"] == -1)).all()
        assert "votes" not in made


def test_targets_that_are_no_classes():
    with pytest.raises(Problem, match="boosting: the task's targets are no classes"):
        boosting.first(RECIPE, replace(DATA, train_targets=torch.rand(10)))
