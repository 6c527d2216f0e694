"""GoogLeNet: layers of several filter sizes side by side."""

import torch
from torch import Tensor, nn

from stages.techniques.network._blocks import averaged, convolution
from stages.techniques.network._parts import Parts, Shape
from stages.techniques.options import Count

# Szegedy et al. 2015 (arXiv:1409.4842), table 1: filters of 1x1; 3x3 behind so many of 1x1; 5x5
# behind so many of 1x1; 1x1 behind a pool. None is a 3x3 max pool at stride 2.
BLOCKS = (
    (64, 96, 128, 16, 32, 32),
    (128, 128, 192, 32, 96, 64),
    None,
    (192, 96, 208, 16, 48, 64),
    (160, 112, 224, 24, 64, 64),
    (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128),
    None,
    (256, 160, 320, 32, 128, 128),
    (384, 192, 384, 48, 128, 128),
)


class Inception(nn.Module):
    """[B, inputs, H, W] → four branches, their maps one behind the other: [B, sum, H, W].

    `filters` as in BLOCKS; the third branch's filters are `large` pixels wide. With batch
    normalization it is torchvision's Inception, but that its third branch is 3x3 there.
    """

    def __init__(self, parts: Parts, inputs: int, filters: tuple[int, ...], large: int = 5):
        super().__init__()
        one, before_3, three, before_5, five, pooled = filters
        branches = [
            [convolution(parts, inputs, one, 1)],
            [convolution(parts, inputs, before_3, 1), convolution(parts, before_3, three, 3)],
            [convolution(parts, inputs, before_5, 1), convolution(parts, before_5, five, large)],
            [nn.MaxPool2d(3, stride=1, padding=1), convolution(parts, inputs, pooled, 1)],
        ]
        self.branches = nn.ModuleList(nn.Sequential(*branch) for branch in branches)
        self.outputs = one + three + five + pooled

    def forward(self, x: Tensor) -> Tensor:
        """All branches of x."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def googlenet(shape: Shape, outputs: int, parts: Parts, *, width: Count = 64) -> nn.Module:
    """Nine inception blocks behind one 3x3 convolution, their filters in proportion to `width`,
    then each map's average (Szegedy et al. 2015).

    For images of 32 pixels the paper's first layers, which make 28 of 224, are left out, and so are
    its two auxiliary classifiers.
    """
    inputs, modules = 3 * width, [convolution(parts, shape[0], 3 * width, 3)]
    for filters in BLOCKS:
        if filters is None:
            modules.append(nn.MaxPool2d(3, stride=2, padding=1))
        else:
            scaled = tuple(max(1, round(count * width / 64)) for count in filters)
            modules.append(Inception(parts, inputs, scaled))
            inputs = modules[-1].outputs
    return nn.Sequential(*modules, *averaged(parts, inputs, outputs))
