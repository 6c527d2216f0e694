"""The loop: exact, its members independent of each other and of whoever else draws at random."""

from dataclasses import replace

import pytest
import torch
from cases import OF_TASKS, PLAIN, random_data, recipe

from stages import tasks
from stages.training.data import batches
from stages.training.loop import Training, train_member
from stages.training.member import FLOAT32
from stages.training.robustness import settings

SLOTS = PLAIN | {
    "dropout": {"standard": {"rate": 0.5}},
    "augmentation": [{"translate": {"pixels": 1.0}}],
}
NORMALIZED = {"normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}}}
RECIPE = recipe(SLOTS, epochs=2, batch_size=3)
DATA = random_data((1, 8, 8))


def weights(resolved=RECIPE, member=0, data=DATA) -> bytes:
    trained = train_member(resolved, data, member)
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
    first, second = (batches(DATA, 3, random) for _ in range(2))
    assert [len(batch) for batch in first] == [3, 3, 3]
    assert len(set(torch.cat(first).tolist())) == 9
    assert not torch.equal(torch.cat(first), torch.cat(second))


def test_without_shuffling_every_epoch_takes_the_same_batches_in_the_order_of_the_data():
    random = torch.Generator().manual_seed(0)
    taken = [torch.cat(batches(DATA, 3, random, shuffle=False)).tolist() for _ in range(2)]
    assert taken == [list(range(9))] * 2


def test_the_last_batch_may_be_an_incomplete_one():
    random = torch.Generator().manual_seed(0)
    of_epoch = batches(DATA, 3, random, drop_last=False)
    assert [len(batch) for batch in of_epoch] == [3, 3, 3, 1]
    assert sorted(torch.cat(of_epoch).tolist()) == list(range(10))


def test_an_epoch_s_train_loss_weighs_every_image_alike():
    """At a rate of next to nothing, that of whole and incomplete batches is that of all at once."""
    slots = PLAIN | {"optimizer": {"sgd": {"learning_rate": 1e-30}}}
    parts = train_member(recipe(slots, batch_size=3, drop_last=False), DATA, 0)
    whole = train_member(recipe(slots, batch_size=10), DATA, 0)
    for name in ("train_loss", "train_accuracy"):
        assert parts.history[0][name] == pytest.approx(whole.history[0][name], rel=1e-5)
    assert (parts.images_per_epoch, whole.images_per_epoch) == (10, 10)


def test_train_loss_stands_with_and_without_the_penalty():
    slots = PLAIN | {"penalty": {"l2": {"strength": 0.5}}}
    member = train_member(recipe(slots), DATA, 0)
    values = [value for name, value in member.weights.items() if "running" not in name]
    penalty = 0.5 * sum(float((value**2).sum()) / 2 for value in values)
    [row] = member.history
    assert row["train_loss"] == train_member(recipe(PLAIN), DATA, 0).history[0]["train_loss"]
    assert row["train_loss_with_penalty"] - row["train_loss"] == pytest.approx(penalty, rel=1e-5)


@pytest.mark.parametrize("slots", [PLAIN, SLOTS | NORMALIZED], ids=["plain", "unlike training"])
def test_after_a_step_its_batch_is_judged_as_a_test_image_is(slots):
    """In one batch an epoch: in evaluation mode, the images as they are, by the weights of now."""
    resolved = recipe(slots, evaluate_after_step=True)
    [row] = (member := train_member(resolved, DATA, 0)).history
    trained = Training(resolved, DATA, 0, FLOAT32)
    trained.learner.network.load_state_dict(member.weights)
    predicted = trained.learner.predict(DATA.train_images)
    loss, score = trained.task.judged(predicted, DATA.train_targets)
    assert row["train_loss_after_step"] == pytest.approx(loss, rel=1e-5)
    assert row["train_accuracy_after_step"] == score
    assert row["train_loss"] != pytest.approx(loss, rel=1e-3)


def test_looking_after_each_step_changes_nothing_that_is_learned():
    looking = RECIPE | {"budget": RECIPE["budget"] | {"evaluate_after_step": True}}
    assert weights(looking) == weights()
    assert "train_loss_after_step" not in train_member(RECIPE, DATA, 0).history[0]


def test_weights_know_nothing_of_the_validation_targets():
    other = replace(DATA, validation_targets=9 - DATA.validation_targets)
    trained = [train_member(RECIPE, data, 0) for data in (DATA, other)]
    assert len({member.history[0]["validation_loss"] for member in trained}) == 2
    for name, value in trained[0].weights.items():
        assert torch.equal(value, trained[1].weights[name])


def test_history_has_a_row_an_epoch_and_the_predictions_their_shapes():
    member = train_member(RECIPE, DATA, 0)
    assert [row["epoch"] for row in member.history] == [1, 2]
    assert len(member.epoch_predictions) == 2
    assert member.test_predictions.shape == member.validation_predictions.shape == (10, 10)
    assert torch.equal(member.epoch_predictions[-1].long(), member.test_predictions.argmax(dim=1))
    assert {predictions.dtype for predictions in member.epoch_predictions} == {torch.uint8}, (
        "each checkpoint holds those of all epochs"
    )


@pytest.mark.parametrize(("task", "slots"), OF_TASKS.items())
def test_every_task_is_learned_and_judged(task, slots):
    """In 20 epochs over 10 images the loss falls; the history's last row is of what is kept."""
    faster = slots | {"optimizer": {"adam": {"learning_rate": 0.01}}}
    data, learned = random_data((1, 8, 8), task), tasks.load(task)
    member = train_member(recipe(faster, task, epochs=20), data, 0)
    losses = [row["train_loss"] for row in member.history]
    assert losses[-1] < 0.99 * losses[0]
    loss, score = learned.judged(member.validation_predictions, data.validation_targets)
    last = member.history[-1]
    assert (last["validation_loss"], last[f"validation_{learned.SCORE}"]) == (loss, score)
    condensed = learned.condensed(member.test_predictions)
    assert torch.equal(member.epoch_predictions[-1], condensed)


@pytest.mark.parametrize(("task", "slots"), OF_TASKS.items())
def test_images_are_transformed_only_where_that_leaves_what_is_to_be_predicted(task, slots):
    member = train_member(recipe(slots, task), random_data((1, 8, 8), task), 0)
    kinds = tasks.load(task).KEPT_UNDER
    assert len(member.robustness_predictions) == 5 * len(kinds)
    assert set(settings(kinds)["kind"]) == set(kinds)


@pytest.mark.parametrize(
    "stopping",
    [{}, {"stopping": {"early": {"patience": 5}}}],
    ids=["of the last epoch", "of the best epoch"],
)
def test_the_predictions_are_those_of_the_weights(stopping):
    slots = RECIPE["slots"] | {"optimizer": {"sgd": {"learning_rate": 3.0}}} | stopping
    resolved = RECIPE | {"slots": slots, "budget": RECIPE["budget"] | {"epochs": 6}}
    member, untrained = train_member(resolved, DATA, 0), Training(resolved, DATA, 0, FLOAT32)
    losses = [row["validation_loss"] for row in member.history]
    assert losses.index(min(losses)) < 5, "or the best epoch is the last, and both cases the same"
    untrained.learner.network.load_state_dict(member.weights)
    assert torch.equal(untrained.learner.predict(DATA.test_images), member.test_predictions)
    assert torch.equal(
        untrained.learner.predict(DATA.validation_images), member.validation_predictions
    )


def test_without_validation_images_there_is_no_validation():
    validated = ("validation", "validation_images", "validation_targets")
    none = {name: getattr(DATA, name)[:0] for name in validated}
    member = train_member(RECIPE, replace(DATA, **none), 0)
    assert member.history[0]["validation_accuracy"] is None
    assert member.validation_predictions.shape == (0, 10)


def test_a_member_that_diverges_ends_with_all_its_history():
    resolved = RECIPE | {
        "slots": PLAIN | {"optimizer": {"sgd": {"learning_rate": 1e30}}},
        "budget": RECIPE["budget"] | {"epochs": 4},
    }
    member = train_member(resolved, DATA, 0)
    assert len(member.history) == 4
    assert not torch.isfinite(member.test_predictions).all()


def test_one_step_is_the_step_that_torch_takes():
    """A linear step recomputed with torch alone, from the same starting values."""
    resolved = recipe(PLAIN, epochs=1, batch_size=10)
    frozen = resolved | {"slots": PLAIN | {"optimizer": {"sgd": {"learning_rate": 1e-30}}}}
    start, end = train_member(frozen, DATA, 0).weights, train_member(resolved, DATA, 0).weights
    network = _plain_network(start)
    loss = torch.nn.functional.cross_entropy(network(DATA.train_images.float()), DATA.train_targets)
    loss.backward()
    for (name, parameter), expected in zip(network.named_parameters(), end.values(), strict=True):
        torch.testing.assert_close(parameter - 0.01 * parameter.grad, expected, msg=name)
    assert train_member(resolved, DATA, 0).history[0]["train_loss"] == pytest.approx(
        loss.item(), rel=1e-5
    )


def _plain_network(start: dict) -> torch.nn.Module:
    nn = torch.nn
    layers = [
        nn.Conv2d(1, 2, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(2, 4, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 10))
    network.load_state_dict(dict(zip(network.state_dict(), start.values(), strict=True)))
    return network
