"""A fully convolutional network for segmentation, adapted to small images."""

import torch
from torch import Tensor, nn

from stages.techniques.network._parts import Parts, Shape, pool
from stages.techniques.network._upsampling import upsampled
from stages.techniques.options import Count, Skips, Upsampling

POOLS = 3


class FullyConvolutional(nn.Module):
    """[B, C, H, W] → [B, outputs, H, W] for any H and W: `stages`, each behind a pool, and above
    the last one and the `skipped` ones before it a classifier of each place; `enlarge` makes the
    scores larger, once for each classifier."""

    def __init__(self, stages: list[nn.Module], classify: list[nn.Module], enlarge: list):
        super().__init__()
        self.stages, self.classify = nn.ModuleList(stages), nn.ModuleList(classify)
        self.enlarge = nn.ModuleList(enlarge)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of each pixel, those of coarse maps added to those of finer ones."""
        size, found = x.shape[2:], []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        scores = self.classify[0](found[-1])
        finer = found[-2 : -len(self.enlarge) - 1 : -1]
        for enlarge, classify, maps in zip(self.enlarge, self.classify[1:], finer, strict=False):
            # A pool that has rounded up leaves more than there was.
            scores = _cut(enlarge(scores), maps.shape[2:]) + classify(maps)
        return _cut(self.enlarge[-1](scores), size).contiguous(memory_format=torch.channels_last)


def _cut(maps: Tensor, size: torch.Size) -> Tensor:
    return maps[:, :, : size[0], : size[1]]


def fcn(
    shape: Shape,
    outputs: int,
    parts: Parts,
    *,
    width: Count = 16,
    skips: Skips = 2,
    upsampling: Upsampling = "transposed",
) -> nn.Module:
    """Three pairs of 3x3 convolutions (`width`, 2 and 4 times as many filters), a 2x2 max pool
    behind each, a classifier of each place, and its scores made as large as the image; `skips` of
    the finer maps are classified, too, and added on the way (Long, Shelhamer and Darrell 2015).

    Their FCN-32s, FCN-16s and FCN-8s have five pools and end 8 times coarser than the image; here
    it is three, so that two skips end at half its size. A transposed convolution starts as bilinear
    interpolation, as theirs do.
    """
    filters = [width << i for i in range(POOLS)]
    stages = [
        nn.Sequential(parts.convolution(before, after), parts.convolution(after, after), pool())
        for before, after in zip([shape[0], *filters], filters, strict=False)
    ]
    deepest = nn.Sequential(*parts.dropped(maps=True), nn.Conv2d(filters[-1], outputs, 1))
    finer = [nn.Conv2d(maps, outputs, 1) for maps in filters[-2 : -skips - 2 : -1]]
    factors = [2] * skips + [2 ** (POOLS - skips)]
    enlarge = [upsampled(outputs, outputs, factor, upsampling, True) for factor in factors]
    return FullyConvolutional(stages, [deepest, *finer], enlarge)
