"""Layers and networks that make maps larger, beside torch's own."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from stages.techniques import bind
from stages.techniques.network import Parts
from stages.techniques.network._upsampling import Nearest, TransposedConvolution
from stages.training import layers

PARTS = Parts(activation=nn.ReLU)
MAPS = torch.rand(2, 3, 5, 7, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_a_bilinear_start_interpolates(factor):
    """Inside: at the border, torch repeats the outermost pixel, and the layer has zeros there."""
    layer = TransposedConvolution(3, 3, factor, bilinear=True)
    expected = F.interpolate(MAPS, scale_factor=factor, mode="bilinear")
    inside = slice(factor, -factor)
    found = layer(MAPS)
    assert found.shape == expected.shape
    torch.testing.assert_close(found[..., inside, inside], expected[..., inside, inside])


@pytest.mark.parametrize("factor", [2, 4])
def test_each_phase_starts_as_the_convolution_that_it_is(factor):
    """So that an initialization sees the 2 x 2 pixels that reach an output, not the whole filter."""
    layer = TransposedConvolution(64, 64, factor)
    fill = bind("initialization", {"he_normal": {"bias": 0.5}})
    parts = list(layer.parts())
    for part in parts:
        fill(part, torch.Generator().manual_seed(0))
    assert len(parts) == factor**2
    assert all(part.weight.shape == (64, 64, 2, 2) for part in parts)
    assert (layer.bias == 0.5).all()
    assert layer.weight.std().item() == pytest.approx((2 / layer.fan_in) ** 0.5, rel=0.05)
    values = torch.randn(4, 64, 6, 6, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        inner = (layer(values) - 0.5)[..., factor:-factor, factor:-factor]
    assert inner.square().mean().item() == pytest.approx(2, rel=0.2), "He's variance, of a signal 1"


def test_a_bilinear_start_is_left_as_it_is():
    assert list(TransposedConvolution(3, 3, 2, bilinear=True).parts()) == []


def test_a_transposed_convolution_costs_what_its_outputs_take():
    network = nn.Sequential(TransposedConvolution(3, 6, 2))
    [row] = layers.table(network, (3, 5, 7))
    # 4 x 4 weights for each pair of maps; each output has 2 x 2 of them for each input.
    assert row == row | {"kind": "transposed convolution", "output_shape": "6x10x14"}
    assert row["parameters"] == 3 * 6 * 16 + 6
    assert row["multiply_accumulates"] == 6 * 10 * 14 * 3 * 4


def test_nearest_is_torchs():
    expected = F.interpolate(MAPS, scale_factor=3, mode="nearest")
    assert torch.equal(Nearest(3)(MAPS), expected)


@pytest.mark.parametrize("upsampling", ["transposed", "nearest"])
@pytest.mark.parametrize("skips", [0, 1, 2])
@pytest.mark.parametrize("sides", [(40, 40), (37, 51), (8, 9)])
def test_a_fully_convolutional_network_takes_any_size(skips, upsampling, sides):
    network = bind("network", {"fcn": {"width": 2, "skips": skips, "upsampling": upsampling}})
    made = network((1, 40, 40), 11, PARTS)
    assert made(torch.zeros(2, 1, *sides)).shape == (2, 11, *sides)


def test_a_place_of_a_coarse_map_is_what_a_classifier_says_of_its_part_of_the_image():
    """The classifier made convolutional: on an image of 8 x 8 pixels it is a linear layer, and on
    a larger one it says for each place what it would say of that part alone, but for the border."""
    made = bind("network", {"fcn": {"width": 2, "skips": 0}})((1, 8, 8), 3, PARTS)
    image = torch.rand(1, 1, 40, 40, generator=torch.Generator().manual_seed(0))
    coarse = image
    for stage in made.stages:
        coarse = stage(coarse)
    scores = made.classify[0](coarse)
    [layer] = [module for module in made.classify[0] if isinstance(module, nn.Conv2d)]
    linear = F.linear(coarse[0, :, 2, 3], layer.weight[:, :, 0, 0], layer.bias)
    torch.testing.assert_close(scores[0, :, 2, 3], linear)
    # A pixel of the coarse map sees 36 pixels; in a part of the image that holds them all, the
    # place is the same.
    part = image[..., 0:40, 8:40]
    for stage in made.stages:
        part = stage(part)
    torch.testing.assert_close(made.classify[0](part)[0, :, 2, 2], scores[0, :, 2, 3])


@pytest.mark.parametrize("upsampling", ["transposed", "nearest", "bicubic"])
def test_super_resolution_makes_an_image_larger(upsampling):
    options = {"width": 2, "layers": 2, "upsampling": upsampling}
    made = bind("network", {"super_resolution": options})((3, 6, 8), 3, PARTS)
    assert made(torch.zeros(2, 3, 6, 8)).shape == (2, 3, 12, 16)


def test_a_residual_network_that_adds_nothing_is_bicubic_interpolation():
    options = {"width": 2, "layers": 1, "residual": True}
    made = bind("network", {"super_resolution": options})((3, 5, 7), 3, PARTS)
    for parameter in made.parameters():
        nn.init.zeros_(parameter)
    expected = F.interpolate(MAPS, scale_factor=2, mode="bicubic")
    torch.testing.assert_close(made(MAPS), expected)
