"""The larger networks, against torchvision's, the decks' numbers and the papers'."""

import pytest
import torch
from torch import nn
from torchvision.models.googlenet import Inception as TorchvisionInception
from torchvision.models.resnet import BasicBlock

from stages.command import Problem
from stages.techniques.initialization import xavier_uniform
from stages.techniques.network._parts import Parts
from stages.techniques.network.alexnet import alexnet
from stages.techniques.network.convolutional import convolutional
from stages.techniques.network.dense import mlp
from stages.techniques.network.googlenet import BLOCKS, Inception, googlenet
from stages.techniques.network.local import LocallyConnected, locally_connected
from stages.techniques.network.resnet import Block, resnet
from stages.techniques.network.series import conv1d
from stages.techniques.normalization import batch_normalization
from stages.training import layers

PLAIN = Parts(activation=nn.ReLU)
NORMALIZED = Parts(activation=nn.ReLU, normalization=batch_normalization)
CIFAR = (3, 32, 32)


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def table(network: nn.Module, shape: tuple) -> list[dict]:
    return layers.table(network, shape)


def test_alexnet_has_deck_004s_shapes_and_parameters():
    """On torch's meta device, which computes shapes alone. 62,378,344 is the network in one piece;
    torchvision's 61,100,840 are another variant, with 64 filters in front."""
    shapes: list[tuple] = []
    with torch.device("meta"):
        network = alexnet((3, 227, 227), 1000, PLAIN)
        for module in network:
            if not isinstance(module, nn.Flatten | nn.ReLU):
                module.register_forward_hook(lambda _, __, y: shapes.append(tuple(y.shape[1:])))
        network(torch.empty(1, 3, 227, 227))
    assert count(network) == 62_378_344
    assert shapes == [
        *[(96, 55, 55), (96, 27, 27), (96, 27, 27)],
        *[(256, 27, 27), (256, 13, 13), (256, 13, 13)],
        *[(384, 13, 13), (384, 13, 13), (256, 13, 13), (256, 6, 6)],
        *[(4096,), (4096,), (1000,)],
    ]


def test_alexnet_for_small_images_is_as_deep():
    rows = table(alexnet(CIFAR, 10, PLAIN, width=12), CIFAR)
    assert [row["output_shape"] for row in rows] == [
        *["12x32x32", "32x16x16", "48x8x8", "48x8x8", "32x8x8"],
        *["512", "512", "10"],
    ]


def test_local_response_is_the_papers():
    """b = a / (k + alpha * sum of a² over n neighbouring maps) ** beta, k 2, n 5, alpha 1e-4, beta
    3/4 (Krizhevsky et al. 2012, section 3.3)."""
    network = alexnet(CIFAR, 10, PLAIN, width=3)
    layer = next(module for module in network if isinstance(module, nn.LocalResponseNorm))
    x = 100 * torch.rand(2, 7, 3, 3)
    sums = torch.stack([x[:, max(0, i - 2) : i + 3].square().sum(dim=1) for i in range(7)], dim=1)
    torch.testing.assert_close(layer(x), x / (2 + 1e-4 * sums) ** 0.75)


def copied(target: nn.Module, source: nn.Module) -> nn.Module:
    """`target` with the weights of `source`, in their order, in evaluation mode."""
    for own, other in zip(target.state_dict().values(), source.state_dict().values(), strict=True):
        own.copy_(torch.rand_like(other.float()) if other.is_floating_point() else other)
        other.copy_(own)
    return target.eval()


def test_an_inception_block_is_torchvisions():
    """Whose third branch has filters of 3x3, and whose batch normalization an eps of 0.001."""
    torch.manual_seed(0)
    filters = (8, 4, 12, 2, 6, 5)
    parts = Parts(nn.ReLU, lambda features, maps: nn.BatchNorm2d(features, eps=1e-3))
    reference = TorchvisionInception(10, *filters)
    block = copied(Inception(parts, 10, filters, large=3), reference)
    x = torch.rand(2, 10, 8, 8)
    torch.testing.assert_close(block(x), reference.eval()(x))


def test_googlenet_has_the_papers_blocks():
    """Each with torchvision's parameters, but for a third branch of 5x5 filters, not 3x3."""
    network = googlenet(CIFAR, 10, NORMALIZED)
    inputs, expected = 192, []
    for filters in filter(None, BLOCKS):
        reference = count(TorchvisionInception(inputs, *filters))
        expected.append(reference + (25 - 9) * filters[3] * filters[4])
        inputs = filters[0] + filters[2] + filters[4] + filters[5]
    assert [count(block) for block in network if isinstance(block, Inception)] == expected
    assert inputs == 1024


@pytest.mark.parametrize(("inputs", "outputs", "stride"), [(6, 6, 1), (6, 12, 2)])
def test_a_residual_block_is_torchvisions(inputs, outputs, stride):
    torch.manual_seed(0)
    block = Block(NORMALIZED, inputs, outputs, stride, shortcuts=True)
    reference = BasicBlock(inputs, outputs, stride, downsample=block.shortcut)
    copied(block, reference)
    x = torch.randn(2, inputs, 8, 8)
    torch.testing.assert_close(block(x), reference.eval()(x))


@pytest.mark.parametrize(
    ("blocks", "depth", "millions"), [(3, 20, 0.27), (5, 32, 0.46), (7, 44, 0.66), (9, 56, 0.85)]
)
@pytest.mark.parametrize("shortcuts", [True, False])
def test_a_resnet_has_the_papers_depth_and_parameters(blocks, depth, millions, shortcuts):
    """He et al. 2016, table 6; option A's shortcuts have no parameters."""
    network = resnet(CIFAR, 10, NORMALIZED, blocks=blocks, shortcuts=shortcuts)
    assert len(layers.weighted(network)) == depth
    assert count(network) / 1e6 == pytest.approx(millions, abs=0.005)


def test_weights_with_and_without_sharing_are_the_decks():
    """(5·5·3)·(32·32·30) against (5·5·3)·30 (deck 002)."""
    local = locally_connected(CIFAR, 10, PLAIN, width=30, kernel=5)
    shared = convolutional(CIFAR, 10, PLAIN, width=30, kernel=5, layers=1, pool="none")
    sizes = [layers.weighted(network)[0].weight.numel() for network in (local, shared)]
    assert sizes == [(5 * 5 * 3) * (32 * 32 * 30), (5 * 5 * 3) * 30]
    costs = [table(network, CIFAR)[0]["multiply_accumulates"] for network in (local, shared)]
    assert costs == [5 * 5 * 3 * 32 * 32 * 30] * 2


def test_filters_that_are_the_same_everywhere_are_a_convolution():
    torch.manual_seed(0)
    shared = nn.Conv2d(3, 4, 5, padding=2)
    local = LocallyConnected(3, 4, 5, (6, 7), bias=True)
    with torch.no_grad():
        local.weight.copy_(shared.weight.flatten(1))
        local.bias.copy_(shared.bias[:, None, None])
    x = torch.rand(2, 3, 6, 7)
    torch.testing.assert_close(local(x), shared(x))


def test_filters_of_each_place_start_as_a_convolutions():
    """Xavier's bound counts what one filter sees, not all places."""
    local = LocallyConnected(3, 30, 5, (8, 8), bias=True)
    for part in layers.parts(local):
        xavier_uniform(part, torch.Generator().manual_seed(0), bias=0.1)
    bound = (6 / (5 * 5 * 3 + 5 * 5 * 30)) ** 0.5
    assert 0.99 * bound < local.weight.abs().max() <= bound
    assert (local.bias == 0.1).all()


def test_a_series_in_rows_is_read_by_filters_that_slide_one_way():
    """On one column it is a convolution in two dimensions with filters one pixel wide."""
    torch.manual_seed(0)
    network = conv1d((1, 16, 1), 3, PLAIN, width=4)
    x = torch.rand(2, 1, 16, 1)
    flat = network[0](x)
    first = network[1]
    expected = nn.functional.conv2d(x, first.weight[..., None], first.bias, padding=(2, 0))
    torch.testing.assert_close(first(flat), expected[..., 0])
    assert network(x).shape == (2, 3)


def test_rows_are_moments():
    images = torch.arange(2 * 3 * 4).view(1, 2, 3, 4)
    series = conv1d((2, 3, 4), 2, PLAIN)[0](images)
    assert series.shape == (1, 2 * 4, 3)
    assert (series[0, :, 1] == images[0, :, 1].flatten()).all()


def test_an_mlp_has_so_many_layers():
    rows = table(mlp((1, 8, 8), 10, NORMALIZED, units=16, layers=2), (1, 8, 8))
    linear = [row for row in rows if row["kind"] == "linear"]
    assert [row["parameters"] for row in linear] == [64 * 16, 16 * 16, 16 * 10 + 10]


def test_an_mlp_without_a_hidden_layer_is_one_linear_layer():
    network = mlp((1, 1, 2), 2, NORMALIZED, units=16, layers=0)
    assert [type(module) for module in network] == [nn.Flatten, nn.Linear]
    assert [row["parameters"] for row in table(network, (1, 1, 2))] == [2 * 2 + 2]


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"kernel": 5}, "8x16x16"),
        ({"kernel": 5, "padding": "valid"}, "8x10x10"),
        ({"stride": 2}, "8x4x4"),
        ({"dilation": 2}, "8x16x16"),
        ({"dilation": 2, "padding": "valid"}, "8x10x10"),
        ({"kernel": 4, "padding": "valid", "pool": "none"}, "8x26x26"),
    ],
)
def test_options_change_the_sizes_by_the_decks_formula(options, shape):
    """The maps of the second of two convolutions on 32x32 pixels: (N - F + 2P) / S + 1, with a pool
    between them that halves and rounds up."""
    rows = table(convolutional(CIFAR, 10, PLAIN, width=4, **options), CIFAR)
    assert rows[1]["output_shape"] == shape


@pytest.mark.parametrize("pool", ["max", "average"])
def test_pools_are_the_decks(pool):
    """Deck 002: 4x4 → max 5 8 / 2 6, mean 2 4 / 1 3."""
    x = torch.tensor([[1, 0, 2, 3], [2, 5, 3, 8], [0, 2, 6, 1], [1, 1, 3, 2]]).float()[None, None]
    network = convolutional((1, 4, 4), 2, PLAIN, layers=1, width=1, pool=pool)
    expected = {"max": [[5, 8], [2, 6]], "average": [[2, 4], [1, 3]]}[pool]
    assert network[1](x)[0, 0].tolist() == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dilation": 2, "stride": 2}, "dilation: found 2 together with a stride of 2"),
        ({"kernel": 4}, "kernel: found 4, but padding same needs an odd filter"),
        ({"kernel": 7, "padding": "valid"}, "a filter of 7 does not fit into a side of 1 pixels"),
    ],
)
def test_what_does_not_fit_is_one_line(options, words):
    with pytest.raises(Problem, match=words):
        convolutional((1, 8, 8), 10, PLAIN, **options)
