"""A training that is cut off goes on from its checkpoint and ends in the same bytes.

A checkpoint that is not its own is not used.
"""

import copy
import logging
from unittest.mock import Mock

import pytest
import torch
from cases import FULL, OF_TASKS, PLAIN, everything, random_data, recipe
from conftest import TINY
from torture import torture

from stages.jobs.checkpoint import Checkpoints
from stages.training import states as keeping
from stages.training.loop import train_member

DATA = random_data((1, 8, 8))
PLAINER = PLAIN | {
    "optimizer": {"sgd": {"learning_rate": 0.1, "momentum": 0.9}},
    "penalty": {"l1": {"strength": 0.01}},
}
FROZEN = FULL | {"freeze": {"first": {"layers": 1}}, "penalty": {"l2": {"strength": 0.01}}}


@pytest.fixture
def always_kept(monkeypatch):
    """A state is kept after every step and every epoch."""
    monkeypatch.setattr(keeping, "BETWEEN_EPOCHS", 0)
    monkeypatch.setattr(keeping, "AT_LEAST_AFTER", 0)
    monkeypatch.setattr(keeping, "WITHIN_AN_EPOCH", 0)


@pytest.mark.parametrize(
    ("slots", "task"),
    [(slots, "classification") for slots in (FULL, PLAINER, FROZEN)]
    + [(slots, task) for task, slots in OF_TASKS.items() if task != "classification"],
    ids=["every slot", "momentum and a penalty", "a frozen layer", *sorted(OF_TASKS)[1:]],
)
def test_from_any_step_on_to_the_same_bytes(slots, task, tmp_path, always_kept):
    resolved, data = recipe(slots, task, epochs=3, batch_size=3), random_data((1, 8, 8), task)
    states = []

    def save(state: dict) -> None:
        checkpoints = Checkpoints(tmp_path / str(len(states)), "this recipe")
        checkpoints.save(0, state)
        states.append(checkpoints)

    expected = everything(train_member(resolved, data, 0, save=save))
    assert len(states) == 3 * (3 + 1), "after each of three steps, and after the epoch"
    for checkpoints in states:
        torch.rand(1)
        assert everything(train_member(resolved, data, 0, saved=checkpoints.load(0))) == expected


def test_whatever_the_budget_says_of_batches_to_the_same_bytes(always_kept):
    said = {"shuffle": False, "drop_last": False, "evaluate_after_step": True}
    resolved, states = recipe(PLAIN, epochs=2, batch_size=3, **said), []

    def save(state: dict) -> None:
        states.append(copy.deepcopy(state))

    expected = everything(train_member(resolved, DATA, 0, save=save))
    for state in states:
        assert everything(train_member(resolved, DATA, 0, saved=state)) == expected


def test_nothing_is_done_twice(always_kept, tmp_path):
    resolved = recipe(FULL, epochs=3, batch_size=3)
    checkpoints, watcher = Checkpoints(tmp_path, "this recipe"), Mock()
    train_member(resolved, DATA, 0, save=lambda state: checkpoints.save(0, state))
    train_member(resolved, DATA, 0, watchers=[watcher], saved=checkpoints.load(0))
    watcher.start.assert_called_once()
    assert not watcher.epoch.called, "the last state is that of the trained member"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda content: content[:-1], "damaged"),
        (lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:], "damaged"),
        (lambda content: b"", "damaged"),
    ],
    ids=["cut off", "one bit flipped", "empty"],
)
def test_a_damaged_checkpoint_is_not_used(spoil, words, tmp_path, caplog):
    checkpoints = Checkpoints(tmp_path, "this recipe")
    checkpoints.save(2, {"weights": torch.ones(100)})
    assert torch.equal(checkpoints.load(2)["weights"], torch.ones(100))
    [path] = tmp_path.iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    with caplog.at_level(logging.INFO, "rungs"):
        assert checkpoints.load(2) is None
    assert words in caplog.text
    assert "member 3 starts anew" in caplog.text


def test_a_checkpoint_of_another_recipe_is_not_used(tmp_path, caplog):
    Checkpoints(tmp_path, "that recipe").save(0, {})
    with caplog.at_level(logging.INFO, "rungs"):
        assert Checkpoints(tmp_path, "this recipe").load(0) is None
    assert "of another recipe" in caplog.text
    assert Checkpoints(tmp_path, "that recipe").load(1) is None, "of another member there is none"
    (tmp_path / "..checkpoint-0.123.partial").write_bytes(
        b"half of one, from a job that was killed"
    )
    Checkpoints(tmp_path, "this recipe").clear()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_killed_again_and_again_ends_in_the_same_bytes(tmp_path):
    """By either engine; what is killed, and how often, is random but the same every time.

    tests/torture.py does more of it.
    """
    text = (
        TINY.read_text(encoding="utf-8")
        .replace("epochs: 2, batch_size: 100", "epochs: 60, batch_size: 25")
        .replace("[basic, relu, dropout]", "[basic, dropout]")
    )
    study = tmp_path / "longer.yaml"
    study.write_text(text, encoding="utf-8")
    outcome = torture(study, kills=3, seed=1, folder=tmp_path, longest=4)
    assert outcome["same_bytes"]
    assert outcome["resumed"] >= 2
