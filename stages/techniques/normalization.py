"""Slot `normalization`: between a layer and its activation.
`name(features, maps, **options)` → module, shape kept.

`features` are the channels of maps [B, features, H, W] where `maps` is true, and units
[B, features] where it is not.
"""

from torch import nn

from stages.techniques.options import Fraction, Positive


def batch_normalization(
    features: int, maps: bool, *, momentum: Fraction = 0.1, eps: Positive = 1e-5
) -> nn.Module:
    """Give every channel mean 0 and variance 1 over the batch, then a learned scale and
    shift (Ioffe and Szegedy 2015).

    At test time the moving averages stand in for the batch; `momentum` is the weight of
    the newest batch in them, as in torch. Keras says it the other way round: its 0.99 is
    0.01 here, and its eps is 1e-3.
    """
    layer = nn.BatchNorm2d if maps else nn.BatchNorm1d
    return layer(features, eps=eps, momentum=momentum)
