"""When one looks inside a network, what is seen on the way, and that nothing is trained by it."""

import copy

import pytest
import torch
from cases import FULL, OF_TASKS, PLAIN, everything, random_data, recipe
from conftest import ROOT
from test_operations import counted

from stages.study.study import load
from stages.training import diagnostics, looks
from stages.training import states as keeping
from stages.training.loop import Training, train_member
from stages.training.member import FLOAT32

SHAPE = (1, 8, 8)
SEEN = looks.STEPS[:4]


def trained(slots=PLAIN, task="classification", member=0, **more):
    """A member of three epochs of three steps, and what was seen of it by (moment, step)."""
    resolved = recipe({"scaling": {"zero_to_one": {}}} | slots, task, epochs=3, batch_size=3)
    made = train_member(resolved, random_data(SHAPE, task), member, **more)
    found: dict = {}
    for row in made.layers:
        found.setdefault((row["moment"], row["step"]), []).append(row)
    return made, found


def test_one_looks_at_most_twelve_times_and_early():
    assert looks.STEPS == (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    assert len(looks.STEPS) + len({looks.START, looks.END}) <= 12


@pytest.mark.parametrize("task", OF_TASKS)
def test_what_is_seen_on_the_way(task):
    made, found = trained(OF_TASKS[task], task)
    moments = [("start", 0), ("training", 1), ("training", 2), ("training", 5), ("end", 9)]
    assert list(found) == moments
    for (moment, _), layers in found.items():
        assert [row["layer"] for row in layers] == list(range(1, len(layers) + 1))
        ratios = [row["update_ratio"] for row in layers]
        assert all(0 < of < 1 for of in ratios) if moment == "training" else not any(ratios)
    assert {row["moment"] for row in made.histograms} == {"start", "end"}


def test_the_ratio_is_what_the_learning_rate_changes():
    """Plain gradient descent from the same start: a rate ten times lower is an update ten times
    smaller, and nothing that is seen of the start differs."""
    ratios, starts = [], []
    for rate in (0.01, 0.001):
        _, found = trained(PLAIN | {"optimizer": {"sgd": {"learning_rate": rate}}})
        ratios.append(torch.tensor([row["update_ratio"] for row in found["training", 1]]))
        starts.append(found["start", 0])
    torch.testing.assert_close(ratios[0], 10 * ratios[1], rtol=1e-3, atol=0)
    assert starts[0] == starts[1]


@pytest.mark.parametrize("slots", [FULL, FULL | {"freeze": {"first": {"layers": 1}}}])
def test_looking_trains_nothing(slots, monkeypatch):
    looked, _ = trained(slots)
    monkeypatch.setattr(looks, "STEPS", ())
    unseen, found = trained(slots)
    assert list(found) == [("start", 0), ("end", 9)]
    assert everything(looked, seen=False) == everything(unseen, seen=False)


def test_what_was_seen_before_a_checkpoint_is_kept(monkeypatch):
    monkeypatch.setattr(keeping, "WITHIN_AN_EPOCH", 0)
    states = []
    expected, _ = trained(FULL, save=lambda state: states.append(copy.deepcopy(state)))
    assert len(states[4]["looks"]["layers"]) == 3 * len(states[0]["looks"]["layers"])
    for state in states:
        resumed, _ = trained(FULL, saved=state)
        assert resumed.layers == expected.layers


def test_images_are_the_same_for_every_look_and_not_augmented(monkeypatch):
    """The first of the training images, whichever batches there were."""
    seen = []
    layers = looks.diagnostics.layers

    def noted(*given, **more):
        seen.append(given[3].clone())
        return layers(*given, **more)

    monkeypatch.setattr(looks.diagnostics, "layers", noted)
    trained(FULL)
    assert len(seen) == 5
    assert all(torch.equal(seen[0], images) for images in seen)
    assert torch.equal(seen[0], random_data(SHAPE).train_images.float() / 255)


def test_looking_costs_a_twentieth_of_a_training_at_most():
    """In operations, which are the time of small networks: quickstart's last rung has 1,350 steps
    of 20 images, and ten looks on the way."""
    slots = load(ROOT / "params.yaml").techniques["augmentation"]
    resolved, data = recipe(slots, batch_size=20), random_data(SHAPE)
    training = Training(resolved, data, 1, FLOAT32)
    learner = training.learner
    learner.network.train()
    index = torch.arange(10).repeat(2)
    step = counted(lambda: learner.take(index))

    def look() -> None:
        before = diagnostics.weights_of(learner.network)
        training.looks.look(looks.TRAINING, 1, before)

    assert len(looks.STEPS) * counted(look) <= 0.05 * 1350 * step


def test_the_time_of_looking_is_not_that_of_training(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(looks.time, "monotonic", lambda: now[0])
    layers = looks.diagnostics.layers

    def slow(*given, **more):
        now[0] += 1
        return layers(*given, **more)

    monkeypatch.setattr(looks.diagnostics, "layers", slow)
    made, _ = trained()
    assert made.diagnostics_seconds == 5
    assert made.seconds <= 0
