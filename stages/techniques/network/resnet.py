"""Residual networks, and the same without their shortcuts."""

from torch import Tensor, nn
from torch.nn import functional as F

from stages.techniques.network._blocks import averaged, convolution
from stages.techniques.network._parts import Parts, Shape
from stages.techniques.options import Count, Flag


class Shortcut(nn.Module):
    """[B, inputs, H, W] → [B, outputs, H', W'], without parameters: every `stride`-th pixel, zeros
    for the maps that are more (option A of He et al. 2016)."""

    def __init__(self, more: int, stride: int):
        super().__init__()
        self.more, self.stride = more, stride

    def forward(self, x: Tensor) -> Tensor:
        """x as the block's outputs are shaped."""
        x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))


class Block(nn.Module):
    """[B, inputs, H, W] → [B, outputs, H', W']: two 3x3 convolutions, the first at `stride`; what
    came in is added before the second activation, where there are `shortcuts`."""

    def __init__(self, parts: Parts, inputs: int, outputs: int, stride: int, shortcuts: bool):
        super().__init__()
        strided = {} if stride == 1 else {"stride": stride, "padding": 1}
        self.first = convolution(parts, inputs, outputs, 3, **strided)
        self.second = convolution(parts, outputs, outputs, 3, activated=False)
        changed = stride != 1 or inputs != outputs
        around = Shortcut(outputs - inputs, stride) if changed else nn.Identity()
        self.shortcut = around if shortcuts else None
        self.activation = parts.activation()

    def forward(self, x: Tensor) -> Tensor:
        """The block's maps for x."""
        y = self.second(self.first(x))
        return self.activation(y if self.shortcut is None else y + self.shortcut(x))


def resnet(
    shape: Shape,
    outputs: int,
    parts: Parts,
    *,
    width: Count = 16,
    blocks: Count = 3,
    shortcuts: Flag = True,
) -> nn.Module:
    """6 times `blocks` plus 2 layers, for images of 32 pixels: one 3x3 convolution, three stages of
    residual blocks of 1, 2 and 4 times `width` filters, each map's average (He et al. 2016).

    3 blocks make 20 layers, 5 make 32, 7 make 44, 9 make 56. Without `shortcuts` it is the plain
    network of the same depth.
    """
    inputs, modules = width, [convolution(parts, shape[0], width, 3)]
    for i in range(3 * blocks):
        filters = width << i // blocks
        modules.append(Block(parts, inputs, filters, filters // inputs, shortcuts))
        inputs = filters
    return nn.Sequential(*modules, *averaged(parts, inputs, outputs))
