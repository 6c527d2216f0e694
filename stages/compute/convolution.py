"""3x3 convolutions that keep a map's size. On a CPU in float32, those of many channels by
Winograd's minimal filtering (winograd.py).

Transforming costs time, too, so few channels are left to torch, and so are other devices and
precisions, whose own convolutions are hard to beat.
"""

import torch
from torch import Tensor, nn

from stages.compute.winograd import Winograd

LEAST_BATCH, LEAST_CHANNELS, LARGEST_MAP = 32, 128, 16


class Convolution(nn.Conv2d):
    """[B, inputs, H, W] → [B, outputs, H, W], 3x3, zeros around the map:
    `nn.Conv2d`, faster where it pays."""

    def __init__(self, inputs: int, outputs: int, bias: bool):
        super().__init__(inputs, outputs, 3, padding=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """The convolution of x."""
        if not winograd_pays(x, self.weight):
            return super().forward(x)
        y = Winograd.apply(x, self.weight)
        return y if self.bias is None else y + self.bias[:, None, None]


def winograd_pays(x: Tensor, weight: Tensor) -> bool:
    """Whether it is faster: decided by shapes alone, so that the same training takes
    the same way on every CPU."""
    if x.device.type != "cpu" or x.dtype != torch.float32 or torch.is_autocast_enabled("cpu"):
        return False
    outputs, inputs = weight.shape[:2]
    height, width = x.shape[2:]
    whole_tiles = height == width and (height % 4 == 0 or height == 2) and height <= LARGEST_MAP
    return whole_tiles and len(x) >= LEAST_BATCH and (inputs * outputs) ** 0.5 >= LEAST_CHANNELS
