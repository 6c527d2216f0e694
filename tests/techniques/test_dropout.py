"""Dropout: how much goes, that the expectation stays, and that its generator alone decides."""

from functools import partial

import pytest
import torch
from torch import Generator, nn

from stages.techniques.dropout import spatial, standard
from stages.techniques.network._parts import Parts
from stages.techniques.network.plain import deeper


def test_the_share_that_goes_and_the_expectation_that_stays():
    out = standard(Generator().manual_seed(0), rate=0.3)(torch.ones(1000, 1000))
    assert (out == 0).double().mean().item() == pytest.approx(0.3, abs=0.003)
    assert out.mean().item() == pytest.approx(1, abs=0.005)
    torch.testing.assert_close(out[out > 0], torch.full_like(out[out > 0], 1 / 0.7))


def test_nothing_is_dropped_in_evaluation():
    x = torch.randn(4, 5)
    assert torch.equal(standard(Generator(), rate=0.9).eval()(x), x)


def test_the_mask_is_its_generators_alone():
    x = torch.ones(50, 50)
    torch.manual_seed(1)
    first = standard(Generator().manual_seed(7), rate=0.5)
    torch.manual_seed(2)
    second = standard(Generator().manual_seed(7), rate=0.5)
    once = first(x)
    assert torch.equal(once, second(x))
    assert not torch.equal(once, first(x))


def test_spatial_dropout_takes_whole_channels():
    out = spatial(Generator().manual_seed(0), rate=0.3)(torch.ones(500, 40, 3, 4))
    assert torch.equal(out, out[:, :, :1, :1].expand_as(out))
    assert (out == 0).double().mean().item() == pytest.approx(0.3, abs=0.01)
    torch.testing.assert_close(out[out > 0], torch.full_like(out[out > 0], 1 / 0.7))


def test_each_stands_where_it_belongs():
    """Spatial dropout behind the last maps, standard dropout before the last layer."""
    for dropout, before in ((spatial, nn.Flatten), (standard, nn.Linear)):
        layers = list(
            deeper(
                (1, 8, 8),
                10,
                Parts(nn.ReLU, dropout=partial(dropout, Generator(), rate=0.5)),
                width=2,
            )
        )
        [place] = [i for i, layer in enumerate(layers) if hasattr(layer, "of_maps")]
        assert isinstance(layers[place + 1], before)
