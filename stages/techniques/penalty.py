"""Slot `penalty`: what the loss adds for the size of the weights.
`name(parameters, **options)` → scalar tensor."""

from collections.abc import Sequence

from torch import Tensor

from stages.techniques.options import NonNegative


def l1(parameters: Sequence[Tensor], *, strength: NonNegative) -> Tensor:
    """Add `strength` times half the sum of sizes of all trainable values, which drives many of them
    to 0 (deck 001: lambda/2 * abs(W))."""
    return strength * sum(p.abs().sum() for p in parameters) / 2


def l2(parameters: Sequence[Tensor], *, strength: NonNegative) -> Tensor:
    """Add `strength` times half the sum of squares of all trainable values, biases included
    (deck 001: lambda/2 * W^2)."""
    return strength * sum(p.square().sum() for p in parameters) / 2
