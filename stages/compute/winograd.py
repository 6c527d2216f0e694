"""Winograd's minimal filtering of 3x3 convolutions that keep a map's size.

F(4x4, 3x3) computes 16 outputs with 36 multiplications per pair of channels instead of 144,
F(2x2, 3x3) 4 with 16 instead of 36 (Lavin and Gray 2016, arXiv:1509.09308, with the matrices
there). Errors are about 1e-5 of the largest value, where torch's are 1e-6.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Transforms:
    """Of tiles with `size` x `size` outputs: what turns inputs [(size+2)²], weights [3²] and
    outputs [size²] into products [(size+2)²]."""

    size: int
    inputs: Tensor
    weights: Tensor
    outputs: Tensor

    @classmethod
    def of(cls, inputs: list, weights: list, outputs: list) -> "Transforms":
        """In two dimensions, from the matrices Bᵀ, G and Aᵀ of one."""
        one = [torch.tensor(matrix, dtype=torch.float64) for matrix in (inputs, weights, outputs)]
        return cls(len(outputs), *(torch.kron(matrix, matrix) for matrix in one))

    def to(self, dtype: torch.dtype) -> "Transforms":
        """In the number format of the data."""
        return Transforms(
            self.size, self.inputs.to(dtype), self.weights.to(dtype), self.outputs.to(dtype)
        )


SMALL = Transforms.of(
    [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    [[1, 1, 1, 0], [0, 1, -1, -1]],
)
LARGE = Transforms.of(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
    [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
)


class Winograd(torch.autograd.Function):
    """Convolve x [B, C, H, W], H = W = 2 or a multiple of 4, with weight [K, C, 3, 3],
    zeros around it → [B, K, H, W].

    Tiles lie as [places in a tile, tiles, channels], so that transforms and sums over
    channels are matrix products.
    """

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor) -> Tensor:
        """Transform tiles and weights, multiply them place by place, transform back."""
        t = (SMALL if x.shape[2] == 2 else LARGE).to(x.dtype)
        outputs, inputs = weight.shape[:2]
        tiles = (t.inputs @ _overlapping(x, t.size)).view(len(t.inputs), -1, inputs)
        filters = t.weights @ weight.permute(2, 3, 1, 0).reshape(9, -1)
        filters = filters.view(len(t.weights), inputs, outputs)
        ctx.save_for_backward(tiles, filters)
        ctx.shape, ctx.transforms = x.shape, t
        return _joined(t.outputs @ torch.bmm(tiles, filters).flatten(1), x.shape, outputs, t.size)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The same way back: the transposed transforms."""
        (tiles, filters), t = ctx.saved_tensors, ctx.transforms
        products = (t.outputs.T @ _apart(gradient, t.size)).view(*tiles.shape[:2], -1)
        of_filters = t.weights.T @ torch.bmm(tiles.mT, products).flatten(1)
        of_weight = of_filters.view(3, 3, *filters.shape[1:]).permute(3, 2, 0, 1)
        of_tiles = t.inputs.T @ torch.bmm(products, filters.mT).flatten(1)
        return _summed(of_tiles, ctx.shape, t.size), of_weight


def _overlapping(x: Tensor, size: int) -> Tensor:
    """[B, C, H, W] → [(size+2)², tiles * C]: a tile's inputs reach one place beyond
    its outputs on each side."""
    padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    return (
        padded.unfold(1, size + 2, size)
        .unfold(2, size + 2, size)
        .permute(4, 5, 0, 1, 2, 3)
        .reshape((size + 2) ** 2, -1)
    )


def _summed(tiles: Tensor, shape: torch.Size, size: int) -> Tensor:
    """Back from `_overlapping`: [(size+2)², tiles * C] → [B, C, H, W], places that lie
    in several tiles summed up."""
    batch, channels, height, width = shape
    rows, columns = height // size, width // size
    tiles = tiles.view(size + 2, size + 2, batch, rows, columns, channels).permute(2, 3, 0, 4, 1, 5)
    total = tiles.new_zeros(batch, height + size, width + size, channels)
    for i in (0, size):
        for j in (0, size):
            part = tiles[:, :, i : i + size, :, j : j + size]
            places = (
                total[:, i : i + height, j : j + width]
                .unflatten(2, (columns, size))
                .unflatten(1, (rows, size))
            )
            places[:, :, : part.shape[2], :, : part.shape[4]] += part
    return total[:, 1 : height + 1, 1 : width + 1].permute(0, 3, 1, 2)


def _apart(x: Tensor, size: int) -> Tensor:
    """[B, K, H, W] → [size², tiles * K]."""
    batch, channels, height, width = x.shape
    tiles = x.permute(0, 2, 3, 1).reshape(
        batch, height // size, size, width // size, size, channels
    )
    return tiles.permute(2, 4, 0, 1, 3, 5).reshape(size**2, -1)


def _joined(tiles: Tensor, shape: torch.Size, channels: int, size: int) -> Tensor:
    """Back from `_apart`: [size², tiles * K] → [B, K, H, W], channels last in memory."""
    batch, _, height, width = shape
    tiles = tiles.view(size, size, batch, height // size, width // size, channels)
    # Not reshape, which would leave a single tile where it lies, with images between its places:
    # many times as slow to go through.
    return (
        tiles.permute(2, 3, 0, 4, 1, 5)
        .contiguous()
        .view(batch, height, width, channels)
        .permute(0, 3, 1, 2)
    )
