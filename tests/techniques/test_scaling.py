"""Deck 001 prints pixel values before and after its scaling of CIFAR-10."""

import pytest
import torch

from stages.techniques.scaling import zero_centered, zero_to_one


def test_the_decks_printed_values():
    mean = 120.7076
    pixels = torch.tensor([[59.0, 62, 63], [148, 124, 103]])
    printed = torch.tensor(
        [[-0.45950142, -0.43716212, -0.42971568], [0.20323137, 0.02451691, -0.13185825]]
    )
    torch.testing.assert_close(
        zero_centered(pixels, {"zero_centered": {"mean": mean, "maximum": 255 - mean}}),
        printed,
        atol=1e-6,
        rtol=0,
    )


def test_zero_to_one():
    assert zero_to_one(torch.tensor([0.0, 51, 255]), {}).tolist() == pytest.approx([0, 0.2, 1])
