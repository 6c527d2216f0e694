"""A recipe's network: built, run for its predictions, and counted."""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn

from stages.techniques import bind
from stages.techniques.network import Parts
from stages.training import layers
from stages.training.randomness import generator

# By the kind of device, never by what happens to be free, so that bytes stay. On a CPU as large as
# most batches in training, so that predicting takes no more memory than that; on a GPU, which small
# batches leave idle, as many images as have so many pixels, but no fewer.
PREDICTION_BATCH, PIXELS_ON_A_GPU = 128, 2000 * 32 * 32


def build(
    slots: dict, shape: tuple[int, ...], outputs: int, start: Generator, dropout: Generator
) -> nn.Module:
    """The network of resolved slots for images of `shape` (C, H, W), on the
    device of the generator `dropout`.

    Its starting values are drawn from `start` on the CPU, so that they are the same for every
    device. Raises Problem for a layer that no initialization reaches.
    """
    network = _assembled(slots, shape, outputs, dropout)
    fill = bind("initialization", slots["initialization"])
    for layer in layers.weighted(network):
        for part in layers.parts(layer):
            fill(part, start)
    return network.to(dropout.device, memory_format=torch.channels_last)


def _assembled(slots: dict, shape: tuple[int, ...], outputs: int, dropout: Generator) -> nn.Module:
    """The network on the CPU, with torch's own starting values."""
    parts = Parts(
        activation=bind("activation", slots["activation"]),
        normalization=bind("normalization", slots["normalization"])
        if "normalization" in slots
        else None,
        dropout=(lambda: bind("dropout", slots["dropout"])(dropout))
        if "dropout" in slots
        else None,
    )
    network = bind("network", slots["network"])(tuple(shape), outputs, parts)
    layers.refuse_unknown(network)
    return network


@torch.no_grad()
def form(slots: dict, shape: tuple[int, ...], outputs: int) -> tuple[int, ...]:
    """The shape of what the network of resolved slots gives for one image of `shape` (C, H, W)."""
    network = _assembled(slots, shape, outputs, generator(0, 0, "unused", "cpu")).eval()
    return tuple(network(torch.zeros((1, *shape))).shape[1:])


def scaling(slots: dict, statistics: dict) -> Callable[[Tensor], Tensor]:
    """What becomes of images, uint8 or floats 0..255 [B, C, H, W], before the network of these
    slots sees them: floats, same shape."""
    scale = (
        bind("scaling", slots["scaling"])
        if "scaling" in slots
        else lambda images, statistics: images
    )

    def scaled(images: Tensor) -> Tensor:
        # Convolutions are faster where the channels of a pixel lie side by side.
        return scale(images.float(), statistics).contiguous(memory_format=torch.channels_last)

    return scaled


def logits(network: nn.Module, inputs: Tensor, precision: torch.dtype) -> Tensor:
    """A network's outputs, float32 [B, outputs], or for every pixel [B, outputs, H', W'], for
    scaled images [B, C, H, W]; in between, in the given precision."""
    with torch.autocast(inputs.device.type, dtype=precision, enabled=precision != torch.float32):
        return network(inputs).float()


def prediction_batch(images: Tensor) -> int:
    """How many of the images [N, C, H, W] a network predicts at once on their device."""
    if images.device.type != "cuda":
        return PREDICTION_BATCH
    return max(PREDICTION_BATCH, PIXELS_ON_A_GPU // math.prod(images.shape[2:]))


@torch.no_grad()
def predictions(
    network: nn.Module,
    images: Tensor,
    scaled: Callable[[Tensor], Tensor],
    precision: torch.dtype,
    form: Callable[[Tensor], Tensor],
) -> Tensor:
    """What `form` makes of the outputs [N, ...] for images [N, C, H, W], in evaluation mode."""
    network.eval()
    parts = images.split(prediction_batch(images))
    return torch.cat([form(logits(network, scaled(part), precision)) for part in parts])


def table(slots: dict, shape: tuple[int, ...], outputs: int, device: torch.device) -> list[dict]:
    """What the network of resolved slots is made of, layer by layer, for one image on its way from
    pixels to outputs (layers.py).

    Counted there, because torch's own counter imports its compiler, which takes longer than many a
    training. Raises Problem for a layer that can't be initialized, counted or looked into.
    """
    network = _assembled(slots, shape, outputs, generator(0, 0, "unused", device.type))
    return layers.table(network.to(device, memory_format=torch.channels_last), shape)
