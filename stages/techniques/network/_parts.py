"""What networks are put together from: layers with the activation, normalization and
dropout that a recipe names."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from stages.compute.convolution import Convolution

# (C, H, W) of an image.
Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Parts:
    """What the slots `activation`, `normalization` (of so many features, whether in maps) and
    `dropout` put into a network: functions that make a module each."""

    activation: Callable[[], nn.Module]
    normalization: Callable[[int, bool], nn.Module] | None = None
    dropout: Callable[[], nn.Module] | None = None

    def normalized(self, features: int, maps: bool) -> list[nn.Module]:
        """The normalization of so many features, where there is one."""
        return [] if self.normalization is None else [self.normalization(features, maps)]

    def dropped(self, maps: bool) -> list[nn.Module]:
        """The dropout that belongs where feature maps are, or where they have been flattened."""
        dropout = None if self.dropout is None else self.dropout()
        return [dropout] if dropout is not None and dropout.of_maps == maps else []

    def convolution(self, inputs: int, outputs: int) -> nn.Module:
        """[B, inputs, H, W] → [B, outputs, H, W]; without a bias where a normalization follows,
        which would subtract it again."""
        layer = Convolution(inputs, outputs, bias=self.normalization is None)
        return nn.Sequential(layer, *self.normalized(outputs, True), self.activation())


def half(size: int) -> int:
    """What a pool leaves of a side: half of it, rounded up."""
    return -(-size // 2)


def pool() -> nn.Module:
    """A 2x2 max pool that rounds up, as TensorFlow's "SAME" ones do."""
    return nn.MaxPool2d(2, ceil_mode=True)
