"""Slot `dropout`: what is left out before the last layer, in training only. `name(generator, **options)` → module, shape kept."""

import torch
from torch import Generator, Tensor, nn

from stages.options import Fraction


class _Dropout(nn.Module):
    """Draws its masks from a generator of its own, so that a run can be repeated and resumed to the bit."""

    def __init__(self, rate: float, generator: Generator):
        super().__init__()
        self.rate, self.generator = rate, generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.rate
        return x * kept / (1 - self.rate)


def standard(generator: Generator, *, rate: Fraction) -> nn.Module:
    """Set each value to 0 with probability `rate` while training, and scale up the others to make up for it (Srivastava et al. 2014)."""
    return _Dropout(rate, generator)
