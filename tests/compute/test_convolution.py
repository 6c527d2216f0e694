"""Winograd's convolution against torch's."""

import pytest
import torch
from torch.nn import functional as F

from stages.compute import convolution
from stages.compute.convolution import Convolution, Winograd, winograd_pays


def pair(size: int, inputs: int, outputs: int, dtype: torch.dtype, batch: int = 3) -> list[torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    shapes = (batch, inputs, size, size), (outputs, inputs, 3, 3), (batch, outputs, size, size)
    return [torch.randn(shape, generator=random, dtype=dtype) for shape in shapes]


@pytest.mark.parametrize("size", [2, 4, 8, 12])
def test_values_and_gradients_are_torchs(size):
    """In double precision, so that a wrong number in a matrix can't hide among rounding errors."""
    x, weight, gradient = pair(size, 5, 7, torch.float64)
    results = []
    for function in (Winograd.apply, lambda x, w: F.conv2d(x, w, padding=1)):
        inputs = x.clone().requires_grad_(), weight.clone().requires_grad_()
        y = function(*inputs)
        results.append([y.detach(), *torch.autograd.grad(y, inputs, gradient)])
    for ours, torchs in zip(*results, strict=True):
        torch.testing.assert_close(ours, torchs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("size", [2, 4, 8])
def test_channels_lie_last_in_memory(size):
    """What comes after is many times as slow where they do not; they did not where one tile is a whole map."""
    x, weight, _ = pair(size, 5, 7, torch.float32)
    assert Winograd.apply(x.to(memory_format=torch.channels_last), weight).is_contiguous(memory_format=torch.channels_last)


def test_the_error_in_float32_is_a_hundred_thousandth():
    x, weight, _ = pair(8, 128, 128, torch.float32, batch=32)
    exact = F.conv2d(x.double(), weight.double(), padding=1)
    assert (Winograd.apply(x, weight) - exact).abs().max() / exact.abs().max() < 3e-5


@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_takes_it_where_it_pays_and_says_the_same(bias, monkeypatch):
    torch.manual_seed(0)
    x, layer, taken = torch.randn(32, 128, 4, 4), Convolution(128, 128, bias), []
    monkeypatch.setattr(convolution.Winograd, "apply", lambda *tensors, apply=Winograd.apply: taken.append(1) or apply(*tensors))
    torch.testing.assert_close(layer(x), torch.nn.Conv2d.forward(layer, x), rtol=1e-3, atol=1e-4)
    assert taken == [1]


@pytest.mark.parametrize(
    ("shape", "outputs"),
    [
        ((31, 128, 8, 8), 128),
        ((32, 64, 8, 8), 64),
        ((32, 128, 32, 32), 128),
        ((32, 128, 7, 7), 128),
        ((32, 128, 6, 6), 128),
        ((32, 128, 4, 8), 128),
    ],
    ids=["few images", "few channels", "large maps", "odd maps", "no whole tiles", "no square"],
)
def test_elsewhere_torchs_is_taken(shape, outputs):
    assert not winograd_pays(torch.zeros(shape), torch.zeros(outputs, shape[1], 3, 3))


def test_other_precisions_are_torchs():
    x, weight = torch.zeros(32, 128, 8, 8), torch.zeros(128, 128, 3, 3)
    assert winograd_pays(x, weight)
    assert not winograd_pays(x.double(), weight.double())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert not winograd_pays(x, weight)
