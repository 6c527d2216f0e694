"""Winograd's convolution against torch's."""

import pytest
import torch
from torch.nn import functional as F

from stages.compute import convolution
from stages.compute.convolution import Convolution, Winograd


def pair(
    size: int, inputs: int, outputs: int, dtype: torch.dtype, batch: int = 3
) -> list[torch.Tensor]:
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
    """What comes after is many times as slow where they do not.

    They did not where one tile is a whole map.
    """
    x, weight, _ = pair(size, 5, 7, torch.float32)
    assert Winograd.apply(x.to(memory_format=torch.channels_last), weight).is_contiguous(
        memory_format=torch.channels_last
    )


def test_the_error_in_float32_is_a_hundred_thousandth():
    x, weight, _ = pair(8, 128, 128, torch.float32, batch=32)
    exact = F.conv2d(x.double(), weight.double(), padding=1)
    assert (Winograd.apply(x, weight) - exact).abs().max() / exact.abs().max() < 3e-5


# Batch, inputs, outputs, size of the map: both kinds of tiles, more channels in or out.
TAKEN = [
    (32, 128, 128, 2),
    (33, 128, 128, 4),
    (32, 64, 256, 8),
    (40, 256, 64, 8),
    (32, 128, 136, 12),
    (32, 128, 128, 16),
]
LEFT = {
    "few images": (31, 128, 128, 8, 8),
    "few channels": (32, 128, 127, 8, 8),
    "large maps": (32, 128, 128, 20, 20),
    "odd maps": (32, 128, 128, 7, 7),
    "no whole tiles": (32, 128, 128, 6, 6),
    "no square": (32, 128, 128, 4, 8),
}


@pytest.fixture
def taken(monkeypatch) -> list:
    """Has an entry for each convolution that was Winograd's."""
    calls = []

    def apply(*tensors, apply=Winograd.apply):
        calls.append(tensors)
        return apply(*tensors)

    monkeypatch.setattr(convolution.Winograd, "apply", apply)
    return calls


def layer_and_input(batch: int, inputs: int, outputs: int, *size: int, bias: bool = True):
    torch.manual_seed(0)
    layer = Convolution(inputs, outputs, bias)
    return layer, torch.randn(batch, inputs, *size).to(memory_format=torch.channels_last)


def torchs(layer: Convolution, dtype: torch.dtype) -> torch.nn.Conv2d:
    """torch's layer with the same weights."""
    bias = layer.bias is not None
    same = torch.nn.Conv2d(layer.in_channels, layer.out_channels, 3, padding=1, bias=bias)
    same.load_state_dict(layer.state_dict())
    return same.to(dtype)


def gone_through(layer: torch.nn.Conv2d, x: torch.Tensor) -> list[torch.Tensor]:
    """Outputs, and the gradients of input, weight and bias for drawn gradients of the outputs."""
    x = x.detach().to(layer.weight.dtype).requires_grad_()
    y = layer(x)
    drawn = torch.randn(y.shape, generator=torch.Generator().manual_seed(1)).to(y.dtype)
    return [y.detach(), *torch.autograd.grad(y, [x, *layer.parameters()], drawn)]


def assert_torchs(layer: Convolution, x: torch.Tensor) -> None:
    """Its results are torch's to the bit."""
    ours, exact = gone_through(layer, x), gone_through(torchs(layer, layer.weight.dtype), x)
    assert all(torch.equal(a, b) for a, b in zip(ours, exact, strict=True))


@pytest.mark.parametrize("shape", TAKEN, ids=str)
def test_a_layer_takes_it_where_it_pays_and_its_results_are_torchs(shape, taken):
    layer, x = layer_and_input(*shape, shape[-1], bias=shape[-1] != 4)
    ours, exact = gone_through(layer, x), gone_through(torchs(layer, torch.float64), x)
    assert len(taken) == 1
    errors = [
        ((a - b).abs().max() / b.abs().max()).item() for a, b in zip(ours, exact, strict=True)
    ]
    assert max(errors) < 3e-5, errors


@pytest.mark.parametrize("shape", LEFT.values(), ids=LEFT)
def test_elsewhere_torchs_is_taken(shape, taken):
    layer, x = layer_and_input(*shape)
    assert_torchs(layer, x)
    assert not taken


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64], ids=str)
def test_other_number_formats_are_torchs(dtype, taken):
    layer, x = layer_and_input(32, 128, 128, 4, 4)
    assert_torchs(layer.to(dtype), x)
    assert not taken


def test_under_autocast_it_is_torchs(taken):
    """So trains `precision: bfloat16`: weights and inputs are float32, the layer is not."""
    layer, x = layer_and_input(32, 128, 128, 4, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert_torchs(layer, x)
    assert not taken
