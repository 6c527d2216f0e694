"""Every layer's starting values, against the formulas."""

import math

import pytest
import scipy.stats
import torch
from torch import Generator, nn

from stages.techniques.initialization import (
    he_normal,
    he_uniform,
    normal,
    truncated_normal,
    xavier_normal,
    xavier_uniform,
    zero,
)
from stages.techniques.network._parts import Parts
from stages.techniques.network.plain import deeper

LAYERS = [
    m
    for m in deeper((3, 32, 32), 10, Parts(activation=nn.ReLU)).modules()
    if isinstance(m, nn.Conv2d | nn.Linear)
]


def fans(layer: nn.Module) -> tuple[int, int]:
    field = math.prod(layer.weight.shape[2:])
    return layer.weight.shape[1] * field, layer.weight.shape[0] * field


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_truncated_normal(layer):
    truncated_normal(layer, Generator().manual_seed(1), std=0.01, bias=0.1)
    assert layer.weight.std().item() == pytest.approx(
        0.01 * scipy.stats.truncnorm(-2, 2).std(), rel=4 / math.sqrt(layer.weight.numel())
    )
    assert layer.weight.abs().max() <= 0.02
    assert torch.all(layer.bias == torch.tensor(0.1))


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_normal(layer):
    normal(layer, Generator().manual_seed(1), std=0.05)
    assert layer.weight.std().item() == pytest.approx(0.05, rel=4 / math.sqrt(layer.weight.numel()))
    assert layer.weight.abs().max() > 0.1, "not truncated"
    assert torch.all(layer.bias == 0)


def test_zero():
    zero(LAYERS[0], Generator(), bias=0.5)
    assert not LAYERS[0].weight.any()
    assert torch.all(LAYERS[0].bias == 0.5)


# Glorot and Bengio 2010; He et al. 2015.
VARIANCE = {
    xavier_uniform: lambda n_in, n_out: 2 / (n_in + n_out),
    xavier_normal: lambda n_in, n_out: 2 / (n_in + n_out),
    he_uniform: lambda n_in, n_out: 2 / n_in,
    he_normal: lambda n_in, n_out: 2 / n_in,
}


@pytest.mark.parametrize("fill", VARIANCE, ids=lambda fill: fill.__name__)
@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_variance_goes_by_the_layers_size(fill, layer):
    fill(layer, Generator().manual_seed(1))
    variance = VARIANCE[fill](*fans(layer))
    assert layer.weight.mean().item() == pytest.approx(
        0, abs=4 * math.sqrt(variance / layer.weight.numel())
    )
    assert layer.weight.std().item() == pytest.approx(
        math.sqrt(variance), rel=4 / math.sqrt(layer.weight.numel())
    )
    beyond = layer.weight.abs().max() > math.sqrt(3 * variance)
    assert beyond == fill.__name__.endswith("normal"), (
        "a uniform distribution ends at sqrt(3) standard deviations"
    )
    assert torch.all(layer.bias == 0)


def test_he_keeps_the_size_of_a_signal_through_relu_and_xavier_does_not():
    """Deck 002: Xavier collapses with ReLU. 20 layers of 256 units."""
    sizes = {}
    for fill in (xavier_normal, he_normal):
        random, signal = (
            Generator().manual_seed(0),
            torch.randn(200, 256, generator=Generator().manual_seed(1)),
        )
        for _ in range(20):
            layer = nn.Linear(256, 256)
            fill(layer, random)
            signal = torch.relu(layer(signal)).detach()
        sizes[fill] = signal.square().mean().sqrt().item()
    assert sizes[xavier_normal] < 0.01
    assert 0.3 < sizes[he_normal] < 3
