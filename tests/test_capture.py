"""Recording a step, as far as a machine without a GPU can tell: what is recorded, what is played, and that it is the same training."""

import pytest
import torch
from test_every_technique import PLAIN, random_data
from test_resume import FULL, everything

from stages import training
from stages.capture import FIRST_STEPS, Captured
from stages.training import Arithmetic, train_member

DATA = random_data((1, 8, 8))


class Pretended(Captured):
    """Plays a recording by taking the step, on the index that it was recorded with."""

    def _beside(self, index):
        self.step(index)

    def _record(self):
        return type("Graph", (), {"replay": lambda graph: self.step(self.index)})()


def test_the_first_steps_are_taken_the_others_played_each_with_its_own_images():
    seen = []
    captured = Pretended(lambda index: seen.append((id(index), index.tolist())), [])
    batches = [torch.tensor([i, i + 1]) for i in range(FIRST_STEPS + 3)]
    for batch in batches:
        captured(batch)
    assert [index for _, index in seen] == [batch.tolist() for batch in batches]
    assert [place for place, _ in seen[:FIRST_STEPS]] == [id(batch) for batch in batches[:FIRST_STEPS]]
    assert {place for place, _ in seen[FIRST_STEPS:]} == {id(captured.index)}, "a recording reads from one place"
    assert batches[FIRST_STEPS].tolist() == [FIRST_STEPS, FIRST_STEPS + 1], "whose content is a copy"


@pytest.mark.parametrize("slots", [FULL, PLAIN], ids=["every slot", "plain"])
def test_it_is_the_same_training(slots, monkeypatch):
    monkeypatch.setattr(training, "Captured", Pretended)
    recipe = {"slots": slots, "budget": {"epochs": 3, "batch_size": 3, "seed": 0}}
    plain, recorded = (train_member(recipe, DATA, 0, Arithmetic(captured=captured)) for captured in (False, True))
    torch.testing.assert_close(recorded.weights, plain.weights)
    assert [row["learning_rate"] for row in recorded.history] == [row["learning_rate"] for row in plain.history]


def test_resumed_it_is_the_same_bytes(monkeypatch):
    monkeypatch.setattr(training, "Captured", Pretended)
    monkeypatch.setattr(training, "BETWEEN_EPOCHS", 0)
    monkeypatch.setattr(training, "AT_LEAST_AFTER", 0)
    recipe = {"slots": FULL, "budget": {"epochs": 3, "batch_size": 3, "seed": 0}}
    states = []

    def save(state):
        content = __import__("io").BytesIO()
        torch.save(state, content)
        states.append(content)

    whole = train_member(recipe, DATA, 0, Arithmetic(captured=True), save=save)
    for content in states:
        content.seek(0)
        resumed = train_member(recipe, DATA, 0, Arithmetic(captured=True), saved=torch.load(content, weights_only=True))
        assert everything(resumed) == everything(whole)
