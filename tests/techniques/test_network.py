"""Parameter counts and shapes of the deck's networks, by formula."""

import itertools

import pytest
import torch
from torch import nn

from stages.techniques.network._parts import Parts
from stages.techniques.network.dense import dense
from stages.techniques.network.plain import basic, deeper
from stages.techniques.normalization import batch_normalization

PARTS = Parts(activation=nn.ReLU)


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def convolution(inputs: int, outputs: int, bias: bool = True) -> int:
    return 9 * inputs * outputs + outputs * bias


@pytest.mark.parametrize(
    ("shape", "pixels"),
    [((3, 32, 32), 8 * 8), ((1, 28, 28), 7 * 7), ((1, 8, 8), 2 * 2), ((1, 9, 9), 3 * 3)],
)
def test_basic_has_the_decks_parameters(shape, pixels):
    expected = (
        convolution(shape[0], 32)
        + convolution(32, 64)
        + (64 * pixels * 384 + 384)
        + (384 * 10 + 10)
    )
    assert count(basic(shape, 10, PARTS)) == expected


@pytest.mark.parametrize(
    ("shape", "pixels"), [((3, 32, 32), 1), ((1, 28, 28), 1), ((1, 8, 8), 1), ((3, 33, 33), 4)]
)
def test_deeper_has_the_decks_parameters(shape, pixels):
    """Five pools that round up: 33 → 17 → 9 → 5 → 3 → 2."""
    widths = [shape[0], 64, 64, 128, 128, 256, 256, 512, 512, 512, 512]
    expected = (
        sum(convolution(a, b) for a, b in itertools.pairwise(widths)) + 512 * pixels * 10 + 10
    )
    assert count(deeper(shape, 10, PARTS)) == expected


def test_a_convolution_before_batch_normalization_has_no_bias():
    parts = Parts(activation=nn.ReLU, normalization=batch_normalization)
    widths = [3, 64, 64, 128, 128, 256, 256, 512, 512, 512, 512]
    expected = (
        sum(convolution(a, b, bias=False) + 2 * b for a, b in itertools.pairwise(widths)) + 5130
    )
    assert count(deeper((3, 32, 32), 10, parts)) == expected


def test_dense_has_deck_003s_parameters():
    """Running statistics counted as Keras does: 409,098, of which 408,074 are trained."""
    network = dense((1, 28, 28), 10, Parts(activation=nn.ReLU, normalization=batch_normalization))
    assert count(network) == 408_074
    assert (
        sum(value.numel() for value in network.state_dict().values() if value.is_floating_point())
        == 409_098
    )


@pytest.mark.parametrize("build", [basic, deeper, lambda *given, width: dense(*given, units=width)])
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 28, 28), (1, 8, 8), (1, 5, 7)])
def test_images_become_logits(build, shape):
    assert build(shape, 10, PARTS, width=4)(torch.rand(2, *shape)).shape == (2, 10)
