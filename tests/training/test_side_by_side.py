"""Members side by side: each ends in the bytes that it has alone, whatever happens to others."""

import copy
import logging
from contextlib import nullcontext

import pytest
import torch
from cases import FULL, OF_TASKS, PLAIN, Kept, everything, random_data, recipe

from stages.command import Problem
from stages.compute.cuda_graph import NotRecordable
from stages.compute.lanes import OneLane
from stages.training import rung, side_by_side
from stages.training.loop import train_member
from stages.training.member import FLOAT32, Arithmetic
from stages.training.rung import train_members
from stages.training.side_by_side import Clock
from stages.training.step import Step

DATA = random_data((1, 8, 8))
RECIPE = recipe(FULL, epochs=4, batch_size=3, members=4) | {"technique": "some"}


class Pretended(OneLane):
    """A device with room for some, that notes which lane is in use."""

    several = True

    def __init__(self, most: int):
        self.most, self.lanes, self.used = most, 0, []

    def room(self, running: int) -> bool:
        return running < self.most

    def lane(self):
        self.lanes += 1
        return self._Lane(self, self.lanes)

    class _Lane:
        def __init__(self, device, number):
            self.device, self.number = device, number

        def __enter__(self):
            self.device.used.append(self.number)

        def __exit__(self, *_):
            pass


def _unwatched(member: int, resumed: bool):
    return nullcontext([])


@pytest.fixture
def device(monkeypatch) -> Pretended:
    pretended = Pretended(most=3)
    monkeypatch.setattr(rung, "lanes", lambda device: pretended)
    return pretended


def alone(made_of: dict = RECIPE) -> list[bytes]:
    return [everything(train_member(made_of, DATA, i)) for i in range(made_of["budget"]["members"])]


def together(made_of: dict = RECIPE, arithmetic: Arithmetic = FLOAT32) -> list[bytes]:
    return [everything(m) for m in train_members(made_of, DATA, arithmetic, Kept(), _unwatched)]


def test_each_ends_in_the_bytes_that_it_has_alone(device):
    """Early stopping ends them after different epochs."""
    assert together() == alone()
    assert device.lanes == 4, "each has a lane of its own"
    first_three = device.used[3:9]
    assert first_three == [1, 2, 3, 1, 2, 3], "they take turns"
    before_the_first_is_done = device.used[: device.used.index(4)]
    assert set(before_the_first_is_done) == {1, 2, 3}, "there is room for three"


@pytest.mark.parametrize(("task", "slots"), OF_TASKS.items())
def test_the_same_of_every_task(device, task, slots, monkeypatch):
    made_of = recipe(slots, task, epochs=2, batch_size=3, members=3) | {"technique": "some"}
    monkeypatch.setattr(f"{__name__}.DATA", random_data((1, 8, 8), task))
    assert together(made_of) == alone(made_of)


def test_one_that_diverges_is_its_own_matter(device, monkeypatch):
    def spoilt(path, members):
        weights = train_member(RECIPE, DATA, 0).weights
        broken = {name: value / 0 for name, value in weights.items()}
        return [None, broken, None, None]

    monkeypatch.setattr(rung.start, "read", spoilt)
    found, expected = together(), alone()
    assert [found[i] == expected[i] for i in range(4)] == [True, False, True, True]


@pytest.mark.parametrize(("least", "lanes"), [(0, 0), (1e9, 4)])
def test_large_steps_are_taken_one_after_the_other(device, monkeypatch, least, lanes):
    monkeypatch.setitem(rung.LITTLE, "float32", least)
    assert len(together()) == 4
    assert device.lanes == lanes


def test_boosted_members_wait_for_each_other(device):
    boosted = recipe(PLAIN | {"boosting": {"samme": {"learning_rate": 1.0}}}, members=3)
    train_members(boosted, DATA, FLOAT32, Kept(), _unwatched)
    assert device.used == []


def fails_once(monkeypatch, error: Exception, member: int, step: int) -> None:
    """Let one member's step fail, once."""
    taken, steps = {"count": 0}, Step.update

    def failing(self, index):
        if self.number == member:
            taken["count"] += 1
            if taken["count"] == step:
                raise error
        steps(self, index)

    made = rung.steps

    def numbered(recipe, data, number, *rest):
        monkeypatch.setattr(Step, "number", number, raising=False)
        begun = made(recipe, data, number, *rest)
        while True:
            Step.number = number
            try:
                next(begun)
            except StopIteration as done:
                return done.value
            yield

    monkeypatch.setattr(rung, "steps", numbered)
    monkeypatch.setattr(Step, "update", failing)


@pytest.mark.parametrize("step", [1, 4, 9])
def test_one_without_memory_goes_on_when_another_is_done(device, monkeypatch, step):
    expected = alone()
    fails_once(monkeypatch, torch.OutOfMemoryError("CUDA out of memory."), member=1, step=step)
    assert together() == expected
    assert device.lanes == 5


def test_memory_that_is_too_small_for_one_alone_is_an_error(device, monkeypatch):
    fails_once(monkeypatch, torch.OutOfMemoryError("CUDA out of memory."), member=0, step=1)
    with pytest.raises(torch.OutOfMemoryError):
        together()


def test_a_step_that_cannot_be_recorded_is_taken_as_it_is(device, monkeypatch, caplog):
    expected = alone()
    fails_once(monkeypatch, NotRecordable("operation not permitted"), member=0, step=4)
    monkeypatch.setattr("stages.training.step._captured", lambda step: None)
    with caplog.at_level(logging.INFO, "rungs"):
        of_auto = RECIPE | {"cuda_graph": "auto"}
        members = train_members(of_auto, DATA, Arithmetic(captured=True), Kept(), _unwatched)
    assert [everything(member) for member in members] == expected
    assert caplog.messages == [
        "some: a step can't be recorded (operation not permitted); it is taken kernel by kernel"
    ]
    assert not members[0].recorded


def test_or_refused_where_the_study_insists(device, monkeypatch):
    fails_once(monkeypatch, NotRecordable("operation not permitted"), member=0, step=4)
    monkeypatch.setattr("stages.training.step._captured", lambda step: None)
    with pytest.raises(Problem, match="cuda_graph: found true, but a step of some can't be"):
        together(RECIPE | {"cuda_graph": True}, Arithmetic(captured=True))


def test_from_states_kept_in_the_middle_to_the_same_bytes(device, monkeypatch):
    monkeypatch.setattr("stages.training.states.WITHIN_AN_EPOCH", 0)
    kept, expected = Kept(), alone()

    class Killed(Kept):
        def save(self, member, state):
            kept[member] = copy.deepcopy(state)
            if len(kept) == 3 and kept[2]["step"] == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_members(RECIPE, DATA, FLOAT32, Killed(), _unwatched)
    assert sorted(kept) == [0, 1, 2]
    found = train_members(RECIPE, DATA, FLOAT32, kept, _unwatched)
    assert [everything(member) for member in found] == expected


def test_the_seconds_of_all_are_the_seconds_that_pass(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(side_by_side.time, "monotonic", lambda: now[0])
    clock = Clock()
    now[0] += 6
    assert clock() == 6
    clock.share(3)
    now[0] += 6
    assert clock() == 8
    clock.share(0)
    now[0] += 1
    assert clock() == 9
