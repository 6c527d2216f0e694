"""Recording a step, as far as a machine without a GPU can tell.

What is recorded, what is replayed, and that it is the same training.
"""

import gc
import weakref

import pytest
import torch
from cases import FULL, NAMES, PLAIN, everything, example, narrow, random_data, recipe, task_of
from torch.utils._python_dispatch import TorchDispatchMode

from stages.compute.cuda_graph import FIRST_STEPS, Captured
from stages.study.slots import LISTS
from stages.training import states as keeping
from stages.training import step as stepping
from stages.training.loop import Training, train_member
from stages.training.member import Arithmetic

DATA = random_data((1, 8, 8))


class Played:
    """What stands for a recording."""

    def __init__(self, step, index):
        self.step, self.index = step, index

    def replay(self):
        self.step(self.index)


class Pretended(Captured):
    """Plays a recording by taking the step, on the index that it was recorded with."""

    def _beside(self, index):
        self.step(index)

    def _record(self):
        return Played(self.step, self.index)


def test_the_first_steps_are_taken_the_others_played_each_with_its_own_images():
    seen = []
    captured = Pretended(lambda index: seen.append((id(index), index.tolist())), [])
    batches = [torch.tensor([i, i + 1]) for i in range(FIRST_STEPS + 3)]
    for batch in batches:
        captured(batch)
    assert [index for _, index in seen] == [batch.tolist() for batch in batches]
    assert [place for place, _ in seen[:FIRST_STEPS]] == [
        id(batch) for batch in batches[:FIRST_STEPS]
    ]
    assert {place for place, _ in seen[FIRST_STEPS:]} == {id(captured.index)}, (
        "a recording reads from one place"
    )
    assert batches[FIRST_STEPS].tolist() == [FIRST_STEPS, FIRST_STEPS + 1], (
        "whose content is a copy"
    )


@pytest.mark.parametrize("slots", [FULL, PLAIN], ids=["every slot", "plain"])
def test_it_is_the_same_training(slots, monkeypatch):
    monkeypatch.setattr(stepping, "Captured", Pretended)
    resolved = recipe(slots, epochs=3, batch_size=3)
    plain, recorded = (
        train_member(resolved, DATA, 0, Arithmetic(captured=captured)) for captured in (False, True)
    )
    torch.testing.assert_close(recorded.weights, plain.weights)
    assert [row["learning_rate"] for row in recorded.history] == [
        row["learning_rate"] for row in plain.history
    ]


def test_resumed_it_is_the_same_bytes(monkeypatch):
    monkeypatch.setattr(stepping, "Captured", Pretended)
    monkeypatch.setattr(keeping, "BETWEEN_EPOCHS", 0)
    monkeypatch.setattr(keeping, "AT_LEAST_AFTER", 0)
    resolved = recipe(FULL, epochs=3, batch_size=3)
    states = []

    def save(state):
        content = __import__("io").BytesIO()
        torch.save(state, content)
        states.append(content)

    whole = train_member(resolved, DATA, 0, Arithmetic(captured=True), save=save)
    for content in states:
        content.seek(0)
        resumed = train_member(
            resolved,
            DATA,
            0,
            Arithmetic(captured=True),
            saved=torch.load(content, weights_only=True),
        )
        assert everything(resumed) == everything(whole)


class FromTheHost(TorchDispatchMode):
    """Names what is asked of, or comes from, the host: a GPU waits for it and can't record it."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function.name() in {
            "aten::lift_fresh",
            "aten::_local_scalar_dense",
            "aten::nonzero",
            "aten::masked_select",
            "aten::_unique2",
        }:
            self.found.add(function.name())
        return function(*args, **(kwargs or {}))


def test_the_watch_over_the_host_sees():
    with FromTheHost() as watched:
        torch.ones(2).sum().item()
        torch.tensor([1.0])
    assert watched.found == {"aten::_local_scalar_dense", "aten::lift_fresh"}


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_a_step_takes_nothing_from_the_host(slot, name):
    choice = {name: example(slot, name)}
    slots = narrow(PLAIN | {slot: [choice] if slot in LISTS else choice})
    task = task_of(slots, (1, 8, 8))
    of, data = recipe(slots, task, epochs=1, batch_size=10), random_data((1, 8, 8), task)
    training = Training(of, data, 0, Arithmetic())
    training.learner.network.train()
    with FromTheHost() as watched:
        training.learner.take(torch.arange(10))
    assert watched.found == set()


@pytest.mark.parametrize("captured", [False, True])
def test_a_training_that_is_over_keeps_no_memory(captured, monkeypatch):
    """Its network and its optimizer's state go with it, not when a collector happens to run."""
    monkeypatch.setattr(stepping, "Captured", Pretended)
    seen = []

    class Watcher:
        def start(self, training):
            seen.append(weakref.ref(training))

        def epoch(self, row):
            pass

    resolved = recipe(FULL, epochs=2, batch_size=3)
    gc.collect()
    gc.disable()
    try:
        train_member(resolved, DATA, 0, Arithmetic(captured=captured), watchers=[Watcher()])
        assert seen[0]() is None
    finally:
        gc.enable()
