"""Deck 001's L1 and L2: lambda times half the sum of sizes, or squares, of trainable values."""

import torch

from stages.techniques.penalty import l1, l2


def test_l2_by_hand():
    weight, bias = (
        torch.tensor([[1.0, -2.0], [3.0, 0.5]], requires_grad=True),
        torch.tensor([0.1], requires_grad=True),
    )
    loss = l2([weight, bias], strength=0.0005)
    torch.testing.assert_close(loss.item(), 0.0005 * (1 + 4 + 9 + 0.25 + 0.01) / 2)
    loss.backward()
    torch.testing.assert_close(weight.grad, 0.0005 * weight.detach())
    torch.testing.assert_close(bias.grad, 0.0005 * bias.detach())


def test_l1_by_hand():
    weight, bias = (
        torch.tensor([[1.0, -2.0], [3.0, 0.5]], requires_grad=True),
        torch.tensor([0.1], requires_grad=True),
    )
    loss = l1([weight, bias], strength=0.0005)
    torch.testing.assert_close(loss.item(), 0.0005 * (1 + 2 + 3 + 0.5 + 0.1) / 2)
    loss.backward()
    torch.testing.assert_close(weight.grad, 0.00025 * weight.detach().sign())
