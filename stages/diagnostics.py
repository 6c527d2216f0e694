"""What goes on inside a network: layer by layer, what its units say of a few pictures, and what gradient its weights get.

Why an idea helps shows here first: signals and gradients that fade from layer to layer, units that say the same of every picture.
"""

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PICTURES = 128
BINS = 32
# A unit whose values differ by less than float32 can tell apart around 1 says the same of every picture.
SAME = 1e-6

WEIGHTED = nn.Conv2d | nn.Linear
Logits = Callable[[nn.Module, Tensor], Tensor]


def layers(network: nn.Module, logits: Logits, inputs: Tensor, labels: Tensor, binned: bool) -> tuple[list[dict], list[dict]]:
    """A row per layer with weights, from the pixels on, and, where `binned`, a row per bin of its histograms, for scaled `inputs`
    [B, C, H, W].

    The network is in training mode, but a copy of it, so that neither its running statistics nor its random numbers are touched. An
    activation is the value behind the layer's nonlinearity; the last layer's are the logits. A gradient is that of the cross-entropy by
    the layer's weights. A unit is a neuron, or a filter with all its places.
    """
    network = copy.deepcopy(network).train()
    weighted, said = _listen(network)
    loss = F.cross_entropy(logits(network, inputs), labels)
    gradients = torch.autograd.grad(loss, [layer.weight for layer in weighted])
    rows, bins = [], []
    for number, (layer, gradient) in enumerate(zip(weighted, gradients, strict=True), start=1):
        kind = "convolution" if isinstance(layer, nn.Conv2d) else "linear"
        activation = said[layer]
        rows.append({"layer": number, "kind": kind, **_of_activation(activation), **_of_gradient(gradient)})
        for quantity, values in (("activation", activation), ("gradient", gradient)) if binned else ():
            bins += [{"layer": number, "quantity": quantity, **row} for row in _histogram(values.detach().float())]
    return rows, bins


def _listen(network: nn.Module) -> tuple[list[nn.Module], dict[nn.Module, Tensor]]:
    """The layers with weights in the order of their calls, and what each says: the output of the last activation called before the next."""
    weighted: list[nn.Module] = []
    said: dict[nn.Module, Tensor] = {}

    def hear_layer(layer: nn.Module, _: tuple, output: Tensor) -> None:
        weighted.append(layer)
        said[layer] = output.detach()

    def hear_activation(_: nn.Module, __: tuple, output: Tensor) -> None:
        said[weighted[-1]] = output.detach()

    for module in network.modules():
        if isinstance(module, WEIGHTED):
            module.register_forward_hook(hear_layer)
        elif type(module).__module__ == nn.ReLU.__module__:
            module.register_forward_hook(hear_activation)
    return weighted, said


def _of_activation(values: Tensor) -> dict:
    values = values.float()
    # Channels last, as they lie in memory: a row per picture is then a view, twenty times as fast to go through.
    rows = values.permute(0, 2, 3, 1).flatten(1) if values.dim() == 4 else values
    units = values.shape[1]
    of_unit = (rows.amax(dim=0) - rows.amin(dim=0)).view(-1, units).amax(dim=0)
    return {
        "units": units,
        "activation_mean": values.mean().item(),
        "activation_std": values.std().item(),
        "same_for_all_pictures": (of_unit <= SAME).float().mean().item(),
    }


def _of_gradient(gradient: Tensor) -> dict:
    norm = gradient.detach().float().norm()
    return {"weights": gradient.numel(), "gradient_norm": norm.item(), "gradient_rms": (norm / gradient.numel() ** 0.5).item()}


def _histogram(values: Tensor) -> list[dict]:
    """The shares of all values in bins of one width between the lowest and the highest; none where a value is not a number."""
    low, high = values.min().item(), values.max().item()
    if not (math.isfinite(low) and math.isfinite(high)):
        return []
    counts = torch.histc(values.cpu(), BINS, low, high)
    width = (high - low) / BINS
    return [
        {"low": low + i * width, "high": low + (i + 1) * width, "share": count / values.numel()} for i, count in enumerate(counts.tolist())
    ]
