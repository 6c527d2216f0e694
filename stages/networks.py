"""A recipe's network: built, and asked what it sees. What training shares with counting its cost."""

from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from stages.techniques import bind
from stages.techniques.network import Parts

# As large as most batches in training, so that predicting takes no more memory than that.
PREDICTION_BATCH = 128


def build(slots: dict, shape: tuple[int, ...], classes: int, start: Generator, dropout: Generator) -> nn.Module:
    """The network of resolved slots for images of `shape` (C, H, W), on the device of the generator `dropout`.

    Its starting values are drawn from `start` on the CPU, so that they are the same for every device.
    """
    parts = Parts(
        activation=bind("activation", slots["activation"]),
        normalization=bind("normalization", slots["normalization"]) if "normalization" in slots else None,
        dropout=(lambda: bind("dropout", slots["dropout"])(dropout)) if "dropout" in slots else None,
    )
    network = bind("network", slots["network"])(tuple(shape), classes, parts)
    fill = bind("initialization", slots["initialization"])
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            fill(layer, start)
    return network.to(dropout.device, memory_format=torch.channels_last)


def scaling(slots: dict, statistics: dict) -> Callable[[Tensor], Tensor]:
    """What becomes of images, uint8 or floats 0..255 [B, C, H, W], before the network of these slots sees them: floats, same shape."""
    scale = bind("scaling", slots["scaling"]) if "scaling" in slots else lambda images, statistics: images

    def scaled(images: Tensor) -> Tensor:
        # Convolutions are faster where the channels of a pixel lie side by side.
        return scale(images.float(), statistics).contiguous(memory_format=torch.channels_last)

    return scaled


def logits(network: nn.Module, inputs: Tensor, precision: torch.dtype) -> Tensor:
    """What the network says, float32 [B, classes], of scaled images [B, C, H, W]; in between, in the given precision."""
    with torch.autocast(inputs.device.type, dtype=precision, enabled=precision != torch.float32):
        return network(inputs).float()


@torch.no_grad()
def probabilities(network: nn.Module, images: Tensor, scaled: Callable[[Tensor], Tensor], precision: torch.dtype) -> Tensor:
    """Softmax outputs [N, classes] of images [N, C, H, W], in evaluation mode."""
    network.eval()
    return torch.cat([F.softmax(logits(network, scaled(part), precision), dim=1) for part in images.split(PREDICTION_BATCH)])
