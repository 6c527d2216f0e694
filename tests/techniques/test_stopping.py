"""Early stopping: when, and with which weights."""

import math
from dataclasses import replace

import pytest
import torch
from cases import PLAIN, random_data

from stages.techniques.stopping import early
from stages.training.loop import Data, train_member


@pytest.mark.parametrize(
    ("losses", "stops"),
    [
        ([1.0], False),
        ([1.0, 0.9, 0.8], False),
        ([1.0, 1.1], False),
        ([1.0, 1.1, 1.2], True),
        ([1.0, 1.1, 0.9, 1.0], False),
        ([1.0, 1.0, 1.0], True),
        ([math.inf, math.inf, math.inf], True),
    ],
)
def test_two_epochs_without_a_new_low(losses, stops):
    assert early(losses, patience=2) == stops


def test_the_weights_are_those_of_the_lowest_validation_loss():
    """A rate so high that the loss rises: stopped, and back at the lowest.

    The same as a training that ends there by its budget.
    """
    slots = PLAIN | {
        "scaling": {"zero_to_one": {}},
        "optimizer": {"sgd": {"learning_rate": 0.3}},
        "stopping": {"early": {"patience": 2}},
    }
    recipe = {"slots": slots, "budget": {"epochs": 40, "batch_size": 2, "seed": 1}}
    stopped = train_member(recipe, _unlike_validation(), 0)
    losses = [row["validation_loss"] for row in stopped.history]
    lowest = losses.index(min(losses)) + 1
    assert len(losses) == lowest + 2 < 40
    assert lowest > 1
    shorter = {
        "slots": {slot: choice for slot, choice in slots.items() if slot != "stopping"},
        "budget": recipe["budget"] | {"epochs": lowest},
    }
    expected = train_member(shorter, _unlike_validation(), 0)
    for name, value in expected.weights.items():
        torch.testing.assert_close(stopped.weights[name], value, rtol=0, atol=0)
    torch.testing.assert_close(stopped.test_predictions, expected.test_predictions, rtol=0, atol=0)


def _unlike_validation() -> Data:
    """Random images: learning them does not help with others, whose loss rises in the end."""
    data, random = random_data((1, 8, 8)), torch.Generator().manual_seed(5)
    others = torch.randint(256, data.train_images.shape, generator=random).to(torch.uint8)
    return replace(data, validation_images=others, validation_labels=data.train_labels.roll(3))
