"""Networks that make an image larger."""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from stages.techniques.network._parts import Parts, Shape
from stages.techniques.network._upsampling import upsampled
from stages.techniques.options import Count, Enlargement, Flag

FACTOR = 2


class Bicubic(nn.Module):
    """[B, C, H, W] → [B, C, FACTOR·H, FACTOR·W], by bicubic interpolation."""

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=FACTOR, mode="bicubic")


class Residual(nn.Module):
    """What `detail` adds to an image that has been made larger by interpolation."""

    def __init__(self, detail: nn.Module):
        super().__init__()
        self.detail, self.enlarged = detail, Bicubic()

    def forward(self, x: Tensor) -> Tensor:
        return self.enlarged(x) + self.detail(x)


def super_resolution(
    shape: Shape,
    outputs: int,
    parts: Parts,
    *,
    width: Count = 32,
    layers: Count = 3,
    upsampling: Enlargement = "transposed",
    residual: Flag = False,
) -> nn.Module:
    """So many 3x3 convolutions of `width` filters on the small image, then a layer that makes it
    twice as large: transposed (Dong et al. 2016), or nearest (Odena et al. 2016); with
    bicubic `upsampling` the image is made larger first (Dong et al. 2014).

    With `residual` the network gives only what is missing in the bicubic image (Kim et al. 2016),
    for which the slot `scaling` must be zero_to_one, as targets are.
    """
    before = Bicubic() if upsampling == "bicubic" else nn.Identity()
    filters = [shape[0], *[width] * layers]
    hidden = [parts.convolution(*pair) for pair in pairwise(filters)]
    hidden += parts.dropped(maps=True)
    if upsampling == "bicubic":
        last: nn.Module = nn.Conv2d(width, outputs, 3, padding=1)
    else:
        last = upsampled(width, outputs, FACTOR, upsampling)
    network = nn.Sequential(before, *hidden, last)
    return Residual(network) if residual else network
