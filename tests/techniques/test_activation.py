"""Every activation against its formula."""

import math

import pytest
import torch

from stages.techniques import activation

X = torch.linspace(-4, 4, 33, dtype=torch.float64)
FORMULAS = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": lambda x: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)),
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(name):
    expected = torch.tensor([FORMULAS[name](x) for x in X.tolist()], dtype=torch.float64)
    torch.testing.assert_close(getattr(activation, name)()(X), expected)


def test_the_slope_of_leaky_relu():
    assert activation.leaky_relu(slope=0.2)(torch.tensor(-1.0)).item() == pytest.approx(-0.2)
