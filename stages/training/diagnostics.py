"""What goes on inside a network: layer by layer, the activations of its units for a few images, the
gradient of its weights, and how much the last update changed them.

Why an idea helps may show here: signals and gradients that fade from layer to layer, units that are
constant over all images, updates that are far too small or too large for the weights.
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
# A value is saturated that is this share of the way from an end of what its nonlinearity can give:
# a sigmoid has a twenty-fifth of its greatest slope there.
SATURATED = 0.01
BOUNDS = {nn.Sigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0)}

Logits = Callable[[nn.Module, Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]


def layers(
    network: nn.Module,
    logits: Logits,
    loss: Loss,
    inputs: Tensor,
    targets: Tensor,
    binned: bool,
    before: list[Tensor] | None = None,
) -> tuple[list[dict], list[dict]]:
    """A row per layer with weights, from the pixels on, and, where `binned`, a row per bin of its
    histograms, for scaled `inputs` [B, C, H, W].

    The network is in training mode without dropout, but a copy of it, so that neither its running
    statistics nor its random numbers are touched. An activation is the value behind the layer's
    nonlinearity; the last layer's are the logits. A gradient is that of the `loss` by the layer's
    weights, frozen ones, too, where `logits` computes the outputs as training does; activations are
    float32: values that a coarser precision rounds to the same do differ. A unit is a neuron, or a
    filter with all its places. `before` are the weights before the last update, where there was
    one (`weights_of`); the update of frozen weights, or relative to zeros, has no size.
    """
    learns = [layer.weight.requires_grad for layer in weighted(network)]
    network = _without_dropout(in_training(_copied(network)))
    updates = _updates(network, learns, before)
    of_activations = _activations(network, inputs, binned)
    called, of_gradients = _gradients(network, logits, loss, inputs, targets, binned)
    rows, bins = [], []
    for number, (layer, (activation, activation_bins), (gradient, gradient_bins)) in enumerate(
        zip(called, of_activations, of_gradients, strict=True), start=1
    ):
        rows.append({"layer": number, **activation, **gradient, "update_ratio": updates[layer]})
        for quantity, counted in ("activation", activation_bins), ("gradient", gradient_bins):
            bins += [{"layer": number, "quantity": quantity, **row} for row in counted]
    return rows, bins


def weights_of(network: nn.Module) -> list[Tensor]:
    """The weights of each layer, as they are now."""
    return [layer.weight.detach().clone() for layer in weighted(network)]


def _copied(network: nn.Module) -> nn.Module:
    # Generators are shared, not copied: the recording of a step holds them, and none is drawn from.
    generators = [of.generator for of in network.modules() if hasattr(of, "generator")]
    return copy.deepcopy(network, {id(of): of for of in generators})


def _without_dropout(network: nn.Module) -> nn.Module:
    """Masks differ from image to image: they would make a constant unit look alive."""
    for module in network.modules():
        if hasattr(module, "of_maps") or isinstance(module, nn.modules.dropout._DropoutNd):
            module.eval()
    return network


def _updates(
    network: nn.Module, learns: list[bool], before: list[Tensor] | None
) -> dict[nn.Module, float | None]:
    """Of each layer the size (norm) of the last update as a share of that of its weights."""
    layers = weighted(network)
    if before is None:
        return dict.fromkeys(layers)
    pairs = zip(layers, before, learns, strict=True)
    return {layer: _update(layer.weight, old) if of else None for layer, old, of in pairs}


def _update(new: Tensor, old: Tensor) -> float | None:
    size = old.norm().item()
    return (new.detach() - old).norm().item() / size if size else None


def _activations(network: nn.Module, inputs: Tensor, binned: bool) -> list[tuple[dict, list[dict]]]:
    """Of each layer with weights, in the order of their calls: its activations, the output of the
    last activation called before the next."""
    recorder, hooks = _Recorder(binned), []
    for layer in weighted(network):
        hooks.append(layer.register_forward_pre_hook(recorder.next_begins))
        hooks.append(layer.register_forward_hook(recorder.layer))
    for module in filter(is_activation, network.modules()):
        hooks.append(module.register_forward_hook(recorder.activation))
    with torch.no_grad(), devices.all_places():
        network(inputs)
    recorder.next_begins()
    for hook in hooks:
        hook.remove()
    return recorder.found


class _Recorder:
    """The activations of the layers called so far, summed up, and the values of the last one, with
    its nonlinearity."""

    def __init__(self, binned: bool):
        self.binned, self.found = binned, []
        self.last: tuple[nn.Module, nn.Module | None, Tensor] | None = None

    def next_begins(self, *_: object) -> None:
        # As soon as the next layer begins: those of all layers at once would be more memory
        # than a step of training takes.
        if self.last is not None:
            bins = _histogram(self.last[-1]) if self.binned else []
            self.found.append((_of_activation(*self.last), bins))

    def layer(self, layer: nn.Module, _: tuple, output: Tensor) -> None:
        self.last = layer, None, output

    def activation(self, nonlinearity: nn.Module, __: tuple, output: Tensor) -> None:
        self.last = self.last[0], nonlinearity, output


def _gradients(
    network: nn.Module, logits: Logits, loss: Loss, inputs: Tensor, targets: Tensor, binned: bool
) -> tuple[list[nn.Module], list[tuple[dict, list[dict]]]]:
    """The layers with weights in the order of their calls, and of each its weights and their
    gradient."""
    called: list[nn.Module] = []
    network.requires_grad_()
    for layer in weighted(network):
        layer.register_forward_hook(lambda layer, _, __: called.append(layer))
    value = loss(logits(network, inputs), targets)
    weights = [layer.weight for layer in called]
    pairs = zip(weights, torch.autograd.grad(value, weights), strict=True)
    return called, [
        (_of_weights(weight.detach(), gradient), _histogram(gradient) if binned else [])
        for weight, gradient in pairs
    ]


def _of_activation(layer: nn.Module, nonlinearity: nn.Module | None, values: Tensor) -> dict:
    # Channels last, as they lie in memory: a row per image is then a view, twenty
    # times as fast to go through.
    rows, units = values.movedim(1, -1).flatten(1), values.shape[1]
    low, high = rows.amin(dim=0), rows.amax(dim=0)
    # What is not a number is not constant, but not anything else either.
    known = 1.0 if torch.isfinite(high - low).all() else math.nan
    constant = (high - low).view(-1, units).amax(dim=0) <= CONSTANT
    dead = ((low == 0) & (high == 0)).view(-1, units).all(dim=0)
    return {
        "kind": kind_of(layer).name,
        "units": units,
        "activation_mean": values.mean().item(),
        "activation_std": rows.std(dim=0, correction=0).mean().item(),
        "constant_units": known * constant.float().mean().item(),
        "dead_units": known * dead.float().mean().item(),
        "saturated": _saturated(nonlinearity, rows),
    }


def _saturated(nonlinearity: nn.Module | None, values: Tensor) -> float | None:
    """The share of values near an end of what their nonlinearity can give, where it has ends."""
    if type(nonlinearity) not in BOUNDS:
        return None
    low, high = BOUNDS[type(nonlinearity)]
    near = SATURATED * (high - low)
    if not torch.isfinite(values).all():
        return math.nan
    return ((values < low + near) | (values > high - near)).float().mean().item()


def _of_weights(weights: Tensor, gradient: Tensor) -> dict:
    norm, root = gradient.norm(), weights.numel() ** 0.5
    return {
        "weights": weights.numel(),
        "weight_rms": (weights.norm() / root).item(),
        "gradient_norm": norm.item(),
        "gradient_rms": (norm / root).item(),
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
