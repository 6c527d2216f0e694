"""Slot `dropout`: what is left out near the end of a network, in training only.
`name(generator, **options)` → module, shape kept.

The module's `of_maps` says where it stands: behind the last feature maps [B, C, H, W], or
before the last layer [B, F].
"""

import torch
from torch import Generator, Tensor, nn

from stages.techniques.options import Fraction


class _Dropout(nn.Module):
    """Draws its masks from a generator of its own, so that a run can be
    repeated and resumed to the bit."""

    def __init__(self, rate: float, generator: Generator, of_maps: bool):
        super().__init__()
        self.rate, self.generator, self.of_maps = rate, generator, of_maps

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        shape = [*x.shape[:2], *(1 for _ in x.shape[2:])] if self.of_maps else x.shape
        kept = torch.rand(shape, generator=self.generator, device=x.device) >= self.rate
        return x * kept / (1 - self.rate)


def standard(generator: Generator, *, rate: Fraction) -> nn.Module:
    """Set each value to 0 with probability `rate` while training, and scale up the others to make
    up for it (Srivastava et al. 2014)."""
    return _Dropout(rate, generator, of_maps=False)


def spatial(generator: Generator, *, rate: Fraction) -> nn.Module:
    """Set whole channels to 0 with probability `rate`, because neighbours in a map say nearly the
    same (Tompson et al. 2015)."""
    return _Dropout(rate, generator, of_maps=True)
