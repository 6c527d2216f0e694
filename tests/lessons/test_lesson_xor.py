"""XOR: the deck's numbers, gradients against autograd, and what no perceptron can."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from stages.datasets import xor as data
from stages.lessons import xor

TABLES = xor.tables()


def test_the_deck_s_three_units_give_0_1_1_0():
    units = TABLES["units"].numbers
    assert units["input"].tolist() == ["0, 0", "0, 1", "1, 0", "1, 1"]
    assert units["rounded"].tolist() == units["XOR"].tolist() == [0, 1, 1, 0]
    x = torch.tensor(xor.POINTS)
    y1 = torch.sigmoid(x @ torch.tensor([5.0, 5.0]).double() - 8)
    y2 = torch.sigmoid(x @ torch.tensor([-7.0, -7.0]).double() + 3)
    np.testing.assert_allclose(units["output"], torch.sigmoid(-11 * y1 - 11 * y2 + 6))
    np.testing.assert_allclose(units["y2"], y2)


def test_no_perceptron_of_the_scan_classifies_all_four_correctly():
    scan = TABLES["scan"].numbers.set_index("points_correctly_classified")["perceptrons"]
    assert scan.sum() == len(xor.SCANNED) ** 3
    assert scan[4] == 0 < scan[3]


@pytest.mark.parametrize("units", [1, 3])
def test_gradients_are_autograd_s(units):
    weights = xor.started(units)
    at = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
    seen = torch.tensor(xor.POINTS).expand(xor.STARTS, 4, 2)
    if units == 3:
        seen = torch.sigmoid(seen @ at["hidden"].mT + at["hidden_bias"][:, None])
    sums = (seen @ at["out"][:, :, None])[..., 0] + at["out_bias"][:, None]
    targets = torch.tensor(xor.TARGETS).expand_as(sums)
    losses = F.binary_cross_entropy_with_logits(sums, targets, reduction="none").mean(dim=1)
    losses.sum().backward()
    np.testing.assert_allclose(xor.loss(weights), losses.detach())
    found = xor.gradients(weights)
    assert found.keys() == at.keys()
    for name, value in at.items():
        np.testing.assert_allclose(found[name], value.grad, atol=1e-12)


def test_three_units_learn_xor_from_most_starts_and_a_perceptron_from_none():
    trained = TABLES["trained"].numbers.set_index("network")
    counts = trained[[f"{points}_correct" for points in range(5)]]
    assert counts.sum(axis=1).tolist() == [xor.STARTS] * 2
    assert trained.loc["three units", "4_correct"] > xor.STARTS / 2
    assert counts.loc["perceptron", ["3_correct", "4_correct"]].sum() == 0
    # The one minimum of the perceptron's loss: ½ for each of the four.
    assert trained.loc["perceptron", "lowest_loss"] == pytest.approx(np.log(2))
    assert trained.loc["perceptron", "highest_loss"] == pytest.approx(np.log(2))


def test_the_regions_drawn_have_the_four_points_on_their_sides():
    table = TABLES["regions"].numbers
    for (x1, x2), target in zip(xor.POINTS, xor.TARGETS, strict=True):
        at = table[np.isclose(table["x1"], x1) & np.isclose(table["x2"], x2)]
        for network in ("deck", "three_units"):
            assert round(at[network].item()) == target


def test_the_data_set_is_the_four_points_in_turn():
    raw = data.load(None)
    for images, labels, times in (
        (raw.train_images, raw.train_labels, data.TRAINING),
        (raw.test_images, raw.test_labels, data.TEST),
    ):
        assert images.shape == (4 * times, *data.SHAPE[1:], data.SHAPE[0])
        assert (images.dtype, images.max()) == (np.uint8, 255)
        assert (images[:4, 0, :, 0] / 255 == xor.POINTS).all()
        assert labels[:4].tolist() == [0, 1, 1, 0]
        assert (images.reshape(times, -1) == images[:4].ravel()).all()
        assert (labels.reshape(times, 4) == labels[:4]).all()
