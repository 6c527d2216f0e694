"""What goes on inside a network: layer by layer, the activations of its units for a few images, and
the gradient of its weights.

Why an idea helps shows here first: signals and gradients that fade from layer to layer, units that
are constant over all images.
"""

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from stages.compute import devices
from stages.training.layers import is_activation, kind_of, weighted
from stages.training.trainable import in_training

IMAGES = 128
BINS = 32
# A unit whose values differ by less than float32 can tell apart around 1 is constant.
CONSTANT = 1e-6

Logits = Callable[[nn.Module, Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]


def layers(
    network: nn.Module, logits: Logits, loss: Loss, inputs: Tensor, targets: Tensor, binned: bool
) -> tuple[list[dict], list[dict]]:
    """A row per layer with weights, from the pixels on, and, where `binned`, a row per bin of its
    histograms, for scaled `inputs` [B, C, H, W].

    The network is in training mode, but a copy of it, so that neither its running statistics nor
    its random numbers are touched. An activation is the value behind the layer's nonlinearity; the
    last layer's are the logits. A gradient is that of the `loss` by the layer's weights, frozen
    ones, too, where `logits` computes the outputs as training does; activations are float32: values
    that a coarser precision rounds to the same do differ. A unit is a neuron, or a filter with all
    its places.
    """
    of_activations = _activations(network, inputs, binned)
    of_gradients = _gradients(network, logits, loss, inputs, targets, binned)
    rows, bins = [], []
    for number, ((activation, activation_bins), (gradient, gradient_bins)) in enumerate(
        zip(of_activations, of_gradients, strict=True), start=1
    ):
        rows.append({"layer": number, **activation, **gradient})
        for quantity, counted in ("activation", activation_bins), ("gradient", gradient_bins):
            bins += [{"layer": number, "quantity": quantity, **row} for row in counted]
    return rows, bins


def _activations(network: nn.Module, inputs: Tensor, binned: bool) -> list[tuple[dict, list[dict]]]:
    """Of each layer with weights, in the order of their calls: its activations, the output of the
    last activation called before the next."""
    network, recorder = in_training(copy.deepcopy(network)), _Recorder(binned)
    for layer in weighted(network):
        layer.register_forward_pre_hook(recorder.next_begins)
        layer.register_forward_hook(recorder.layer)
    for module in filter(is_activation, network.modules()):
        module.register_forward_hook(recorder.activation)
    with torch.no_grad(), devices.all_places():
        network(inputs)
    recorder.next_begins()
    return recorder.found


class _Recorder:
    """The activations of the layers called so far, summed up, and the values of the last one."""

    def __init__(self, binned: bool):
        self.binned, self.found = binned, []
        self.last: tuple[nn.Module, Tensor] | None = None

    def next_begins(self, *_: object) -> None:
        # As soon as the next layer begins: those of all layers at once would be more memory
        # than a step of training takes.
        if self.last is not None:
            bins = _histogram(self.last[1]) if self.binned else []
            self.found.append((_of_activation(*self.last), bins))

    def layer(self, layer: nn.Module, _: tuple, output: Tensor) -> None:
        self.last = layer, output

    def activation(self, _: nn.Module, __: tuple, output: Tensor) -> None:
        self.last = self.last[0], output


def _gradients(
    network: nn.Module, logits: Logits, loss: Loss, inputs: Tensor, targets: Tensor, binned: bool
) -> list[tuple[dict, list[dict]]]:
    """Of each layer with weights, in the order of their calls: the gradient of its weights."""
    network, called = in_training(copy.deepcopy(network)).requires_grad_(), []
    for layer in weighted(network):
        layer.register_forward_hook(lambda layer, _, __: called.append(layer))
    value = loss(logits(network, inputs), targets)
    gradients = torch.autograd.grad(value, [layer.weight for layer in called])
    return [
        (_of_gradient(gradient), _histogram(gradient) if binned else []) for gradient in gradients
    ]


def _of_activation(layer: nn.Module, values: Tensor) -> dict:
    # Channels last, as they lie in memory: a row per image is then a view, twenty
    # times as fast to go through.
    rows = values.movedim(1, -1).flatten(1)
    units = values.shape[1]
    of_unit = (rows.amax(dim=0) - rows.amin(dim=0)).view(-1, units).amax(dim=0)
    return {
        "kind": kind_of(layer).name,
        "units": units,
        "activation_mean": values.mean().item(),
        "activation_std": values.std().item(),
        "constant_units": (of_unit <= CONSTANT).float().mean().item(),
    }


def _of_gradient(gradient: Tensor) -> dict:
    norm = gradient.norm()
    return {
        "weights": gradient.numel(),
        "gradient_norm": norm.item(),
        "gradient_rms": (norm / gradient.numel() ** 0.5).item(),
    }


def _histogram(values: Tensor) -> list[dict]:
    """The shares of all values in bins of one width between the lowest and the highest; none
    where a value is not a number."""
    low, high = values.min().item(), values.max().item()
    if not (math.isfinite(low) and math.isfinite(high)):
        return []
    counts = torch.histc(values.cpu(), BINS, low, high)
    width = (high - low) / BINS
    return [
        {"low": low + i * width, "high": low + (i + 1) * width, "share": count / values.numel()}
        for i, count in enumerate(counts.tolist())
    ]
