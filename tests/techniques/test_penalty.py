"""Deck 001's L1 and L2: lambda times half the sum of sizes, or squares, of trainable values."""

import pytest
import torch

from stages.techniques.penalty import l1, l2

STRENGTH = 0.0005


@pytest.fixture
def parameters() -> list[torch.Tensor]:
    values = [[1.0, -2.0], [3.0, 0.5]], [0.1, 0.0]
    return [torch.tensor(of, requires_grad=True) for of in values]


def autograd(parameters, penalty) -> list[torch.Tensor]:
    """The gradients of a loss of theirs, and of a penalty as its deck writes it."""
    copies = [parameter.detach().clone().requires_grad_() for parameter in parameters]
    (_loss(copies) + STRENGTH / 2 * penalty(copies)).backward()
    return [copy.grad for copy in copies]


def _loss(parameters) -> torch.Tensor:
    return (parameters[0] ** 3).sum() + parameters[1].exp().sum()


PENALTIES = {
    "L1": (l1, lambda parameters: sum(of.abs().sum() for of in parameters), 6.6),
    "L2": (l2, lambda parameters: sum(of.square().sum() for of in parameters), 14.26),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_value_and_gradient_are_those_of_the_deck_s_formula(name, parameters):
    make, formula, by_hand = PENALTIES[name]
    penalty = make(strength=STRENGTH)
    value = penalty.value(parameters).item()
    assert value == pytest.approx(STRENGTH / 2 * by_hand)
    assert value == pytest.approx(STRENGTH / 2 * formula(parameters).item())
    expected = autograd(parameters, formula)
    _loss(parameters).backward()
    with torch.no_grad():
        penalty.add_to_gradients(parameters)
    for parameter, gradient in zip(parameters, expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


@pytest.mark.parametrize("name", PENALTIES)
def test_a_weight_that_the_loss_does_not_reach_is_penalized_all_the_same(name, parameters):
    make, formula, _ = PENALTIES[name]
    parameters[0].square().sum().backward()
    with torch.no_grad():
        make(strength=STRENGTH).add_to_gradients(parameters)
    copy = parameters[1].detach().clone().requires_grad_()
    (STRENGTH / 2 * formula([copy])).backward()
    torch.testing.assert_close(parameters[1].grad, copy.grad)
