"""Slot `penalty`: what the loss adds for the size of the weights. `name(**options)` → Penalty.

Its gradient is known, so that no step needs its value: one operation adds it to the gradients of
all weights at once.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from stages.techniques.options import NonNegative


class Penalty:
    """`factor` times the sum of |w| ** `power` over all trainable values w; `power` is 1 or 2."""

    def __init__(self, factor: float, power: int):
        self.factor, self.power = factor, power

    def value(self, parameters: Sequence[Tensor]) -> Tensor:
        """What it adds to the loss, a scalar."""
        norms = torch.stack(torch._foreach_norm(parameters, self.power))
        return self.factor * norms.pow(self.power).sum()

    def add_to_gradients(self, parameters: Sequence[Tensor]) -> None:
        """Add its gradient to those of the loss; a weight that the loss does not reach has none
        but this."""
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        slopes = parameters if self.power == 2 else torch._foreach_sign(parameters)
        gradients = [parameter.grad for parameter in parameters]
        torch._foreach_add_(gradients, slopes, alpha=self.power * self.factor)


def l1(*, strength: NonNegative) -> Penalty:
    """Add `strength` times half the sum of sizes of all trainable values, which drives many of them
    to 0 (deck 001: lambda/2 * abs(W))."""
    return Penalty(strength / 2, power=1)


def l2(*, strength: NonNegative) -> Penalty:
    """Add `strength` times half the sum of squares of all trainable values, biases included
    (deck 001: lambda/2 * W^2)."""
    return Penalty(strength / 2, power=2)
