"""Dropout: how much goes, that the expectation stays, and that its generator alone decides."""

import pytest
import torch
from torch import Generator

from stages.techniques.dropout import standard


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
