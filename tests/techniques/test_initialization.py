"""Every layer's starting values, against the formulas."""

import math

import pytest
import scipy.stats
import torch
from torch import Generator, nn

from stages.techniques.initialization import truncated_normal, xavier_uniform
from stages.techniques.network import Parts, deeper

LAYERS = [m for m in deeper((3, 32, 32), 10, Parts(activation=nn.ReLU)).modules() if isinstance(m, nn.Conv2d | nn.Linear)]


def fans(layer: nn.Module) -> tuple[int, int]:
    field = math.prod(layer.weight.shape[2:])
    return layer.weight.shape[1] * field, layer.weight.shape[0] * field


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_truncated_normal(layer):
    truncated_normal(layer, Generator().manual_seed(1), std=0.01, bias=0.1)
    assert layer.weight.std().item() == pytest.approx(0.01 * scipy.stats.truncnorm(-2, 2).std(), rel=4 / math.sqrt(layer.weight.numel()))
    assert layer.weight.abs().max() <= 0.02
    assert torch.all(layer.bias == torch.tensor(0.1))


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_xavier_uniform(layer):
    xavier_uniform(layer, Generator().manual_seed(1))
    variance = 2 / sum(fans(layer))
    assert layer.weight.std().item() == pytest.approx(math.sqrt(variance), rel=4 / math.sqrt(layer.weight.numel()))
    assert layer.weight.abs().max() <= math.sqrt(3 * variance)
    assert torch.all(layer.bias == 0)
