"""The loop: exact, its members independent of each other, and of whatever else draws random numbers."""

import pytest
import torch
from test_every_technique import PLAIN, random_data

from stages.training import Arithmetic, Training, _batches, train_member

RECIPE = {
    "slots": PLAIN | {"dropout": {"standard": {"rate": 0.5}}, "augmentation": [{"translate": {"pixels": 1.0}}]},
    "budget": {"epochs": 2, "batch_size": 3, "seed": 0},
}
DATA = random_data((1, 8, 8))


def weights(recipe=RECIPE, member=0, data=DATA) -> bytes:
    trained = train_member(recipe, data, member)
    return b"".join(value.numpy().tobytes() for value in trained.weights.values())


def test_the_same_member_is_the_same_bytes_whatever_else_draws():
    torch.manual_seed(1)
    once = weights()
    torch.manual_seed(2)
    torch.rand(5)
    assert weights() == once


def test_member_and_seed_make_a_difference():
    other_seed = RECIPE | {"budget": RECIPE["budget"] | {"seed": 1}}
    assert len({weights(), weights(member=1), weights(other_seed)}) == 3


def test_every_epoch_takes_full_batches_of_different_images_in_another_order():
    random = torch.Generator().manual_seed(0)
    first, second = (_batches(10, 3, random) for _ in range(2))
    assert [len(batch) for batch in first] == [3, 3, 3]
    assert len(set(torch.cat(first).tolist())) == 9
    assert not torch.equal(torch.cat(first), torch.cat(second))


def test_history_has_a_row_an_epoch_and_the_predictions_their_shapes():
    member = train_member(RECIPE, DATA, 0)
    assert [row["epoch"] for row in member.history] == [1, 2]
    assert len(member.epoch_argmax) == 2
    assert member.test_probabilities.shape == member.validation_probabilities.shape == (10, 10)
    assert torch.equal(member.epoch_argmax[-1].long(), member.test_probabilities.argmax(dim=1))
    assert {answers.dtype for answers in member.epoch_argmax} == {torch.uint8}, "each checkpoint holds those of all epochs"


@pytest.mark.parametrize("stopping", [{}, {"stopping": {"early": {"patience": 5}}}], ids=["of the last epoch", "of the best epoch"])
def test_the_predictions_are_those_of_the_weights(stopping):
    slots = RECIPE["slots"] | {"optimizer": {"sgd": {"learning_rate": 3.0}}} | stopping
    recipe = RECIPE | {"slots": slots, "budget": RECIPE["budget"] | {"epochs": 6}}
    member, untrained = train_member(recipe, DATA, 0), Training(recipe, DATA, 0, Arithmetic())
    losses = [row["validation_loss"] for row in member.history]
    assert losses.index(min(losses)) < 5, "or the best epoch is the last, and both cases the same"
    untrained.network.load_state_dict(member.weights)
    assert torch.equal(untrained.predict(DATA.test_images), member.test_probabilities)
    assert torch.equal(untrained.predict(DATA.validation_images), member.validation_probabilities)


def test_without_validation_images_there_is_no_validation():
    empty = DATA.validation_images[:0], DATA.validation_labels[:0]
    data = type(DATA)(DATA.train_images, DATA.train_labels, *empty, DATA.test_images, DATA.statistics, DATA.classes)
    member = train_member(RECIPE, data, 0)
    assert member.history[0]["validation_accuracy"] is None
    assert member.validation_probabilities.shape == (0, 10)


def test_a_member_that_diverges_ends_with_all_its_history():
    recipe = RECIPE | {"slots": PLAIN | {"optimizer": {"sgd": {"learning_rate": 1e30}}}, "budget": RECIPE["budget"] | {"epochs": 4}}
    member = train_member(recipe, DATA, 0)
    assert len(member.history) == 4
    assert not torch.isfinite(member.test_probabilities).all()


def test_one_step_is_the_step_that_torch_takes():
    """A linear step recomputed with torch alone, from the same starting values."""
    recipe = {"slots": PLAIN, "budget": {"epochs": 1, "batch_size": 10, "seed": 0}}
    frozen = recipe | {"slots": PLAIN | {"optimizer": {"sgd": {"learning_rate": 1e-30}}}}
    start, end = train_member(frozen, DATA, 0).weights, train_member(recipe, DATA, 0).weights
    network = _plain_network(start)
    loss = torch.nn.functional.cross_entropy(network(DATA.train_images.float()), DATA.train_labels)
    loss.backward()
    for (name, parameter), expected in zip(network.named_parameters(), end.values(), strict=True):
        torch.testing.assert_close(parameter - 0.01 * parameter.grad, expected, msg=name)
    assert train_member(recipe, DATA, 0).history[0]["train_loss"] == pytest.approx(loss.item(), rel=1e-5)


def _plain_network(start: dict) -> torch.nn.Module:
    nn = torch.nn
    layers = [nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 10))
    network.load_state_dict(dict(zip(network.state_dict(), start.values(), strict=True)))
    return network
