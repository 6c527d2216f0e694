"""The slot `sampling`: how many images, which, and what can't be filled."""

import math

import pytest
import torch

from stages.command import Problem
from stages.techniques.sampling import bootstrap, subset

# Of class k there are 10 * (k + 1) images, shuffled.
TARGETS = torch.arange(5).repeat_interleave(10 * torch.arange(1, 6))[
    torch.randperm(150, generator=torch.Generator().manual_seed(0))
]


def random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def chosen(seed: int = 0, **options) -> torch.Tensor:
    return subset(TARGETS, random(seed), torch.Generator(), **options)


@pytest.mark.parametrize(("share", "count"), [(0.2, 30), (0.001, 1), (1.0, 150)])
def test_a_share_is_so_many_images_in_their_order(share, count):
    found = chosen(share=share).tolist()
    assert len(found) == count
    assert found == sorted(set(found))


def test_all_of_them_are_all_of_them():
    assert chosen().tolist() == list(range(150))


def test_per_class_takes_so_many_of_each():
    assert TARGETS[chosen(per_class=7)].bincount().tolist() == [7] * 5


@pytest.mark.parametrize(
    ("small", "large"),
    [({"share": 0.1}, {"share": 0.5}), ({"per_class": 3}, {"per_class": 8})],
    ids=["share", "per_class"],
)
def test_a_smaller_choice_is_part_of_a_larger_one(small, large):
    assert set(chosen(**small).tolist()) < set(chosen(**large).tolist())


def test_the_seed_decides_which():
    assert chosen(share=0.5).equal(chosen(share=0.5))
    assert not chosen(share=0.5).equal(chosen(seed=1, share=0.5))


def test_more_than_there_are():
    with pytest.raises(Problem, match=r"sampling.per_class: found 11, but class 0 has 10 training"):
        chosen(per_class=11)


def test_targets_that_are_no_classes():
    with pytest.raises(Problem, match="no classes; give a share"):
        subset(torch.rand(10), torch.Generator(), torch.Generator(), per_class=1)


def drawn(own: int, **options) -> torch.Tensor:
    return bootstrap(torch.arange(10_000), random(0), random(own), **options)


def test_a_bootstrap_sample_leaves_out_a_share_of_1_e():
    """(1 - 1/n)^n → 1/e (Efron and Tibshirani 1993, chapter 17): here within 5 standard errors."""
    found = drawn(1)
    assert len(found) == 10_000
    assert len(found.unique()) / 10_000 == pytest.approx(1 - math.exp(-1), abs=0.016)
    assert len(drawn(1, share=0.3)) == 3_000


def test_each_member_draws_its_own_and_the_same_every_time():
    assert drawn(1).equal(drawn(1))
    assert not drawn(1).equal(drawn(2))
