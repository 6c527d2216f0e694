"""Slot `normalization`: between a convolution and its activation. `name(features, **options)` → module, [B, features, H, W] → same."""

from torch import nn

from stages.options import Fraction, Positive


def batch_normalization(features: int, *, momentum: Fraction = 0.1, eps: Positive = 1e-5) -> nn.Module:
    """Give every channel mean 0 and variance 1 over the batch, then a learned scale and shift (Ioffe and Szegedy 2015).

    At test time the moving averages stand in for the batch; `momentum` is the weight of the newest batch in them, as in torch.
    """
    return nn.BatchNorm2d(features, eps=eps, momentum=momentum)
