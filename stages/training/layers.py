"""Which kinds of layers a network may have: how each starts, what it costs, and
what the diagnostics see of it.

A layer with parameters that is of none of these kinds would silently keep torch's own starting
values and be missing from every count and diagnostic, so that it is refused by name.
"""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from stages.command import Problem

COLUMNS = ["layer", "name", "kind", "output_shape", "parameters", "multiply_accumulates"]


class Kind(NamedTuple):
    """A kind of layer: its name in tables, and the dimensions of its outputs where it is weighted.

    A weighted layer starts as the slot `initialization` says, does one multiply-accumulate
    per output and weight that it has, and has its units, which the diagnostics look into,
    along dimension 1. Any other starts as torch defines it, and costs no
    multiply-accumulate, as for torch's counter.
    """

    name: str
    dimensions: int | None = None

    @property
    def weighted(self) -> bool:
        """Whether the slot `initialization` starts it."""
        return self.dimensions is not None


NORMALIZATION = Kind("normalization")
KINDS: dict[type[nn.Module], Kind] = {
    nn.Conv1d: Kind("convolution", dimensions=3),
    nn.Conv2d: Kind("convolution", dimensions=4),
    nn.Linear: Kind("linear", dimensions=2),
    nn.BatchNorm1d: NORMALIZATION,
    nn.BatchNorm2d: NORMALIZATION,
    nn.GroupNorm: NORMALIZATION,
    nn.LayerNorm: NORMALIZATION,
}
# What the layers of these kinds call their parameters; a subclass may have more.
REACHED = {"weight", "bias"}


def kind_of(layer: nn.Module) -> Kind | None:
    """The kind of a layer; None where it is of none.

    A weighted layer of our own says its `kind` and `dimensions` itself, with `fan_in`, how many
    weights an output has, and `parts`, what the initialization fills one after the other.
    """
    if isinstance(name := getattr(layer, "kind", None), str):
        return Kind(name, layer.dimensions)
    return next((kind for of, kind in KINDS.items() if isinstance(layer, of)), None)


def parts(layer: nn.Module) -> Iterable:
    """What the slot `initialization` fills of a weighted layer: each has a weight [n_out, n_in,
    ...] and a bias, or None for it."""
    return layer.parts() if hasattr(layer, "parts") else [layer]


def weighted(network: nn.Module) -> list[nn.Module]:
    """The layers that the slot `initialization` starts, in the order in which it does."""
    kinds = ((module, kind_of(module)) for module in network.modules())
    return [module for module, kind in kinds if kind is not None and kind.weighted]


def is_activation(module: nn.Module) -> bool:
    """Whether a module is one of torch's nonlinearities."""
    return type(module).__module__ == nn.ReLU.__module__


def refuse_unknown(network: nn.Module) -> None:
    """Raise Problem for a layer that has parameters, but is of no kind that is known here."""
    for name, layer in _with_parameters(network).items():
        own = dict(layer.named_parameters(recurse=False))
        known = kind_of(layer) is not None and not any(map(is_lazy, own.values()))
        if not known or own.keys() - REACHED:
            text = f"whose parameters ({', '.join(own)}) can't be initialized and counted"
            allowed = f"{', '.join(of.__name__ for of in KINDS)}, any layer without parameters"
            raise _refused(layer, name, f"{text}; allowed: {allowed}")


def table(network: nn.Module, shape: tuple[int, ...]) -> list[dict]:
    """A row of COLUMNS for each layer with parameters, in the order of their
    calls for one image [C, H, W].

    `layer` is its number in diagnostics.csv, where only weighted layers are counted; any
    other bears that of the one before it. What is called twice costs twice, but has its
    parameters once. Raises Problem for a layer that the network does not call, or whose
    outputs have other dimensions.
    """
    layers = _with_parameters(network)
    calls = _calls(network, layers, shape)
    _refuse_idle(layers, [layer for layer, _ in calls])
    names = {layer: name for name, layer in layers.items()}
    rows, number, counted = [], 0, set()
    for layer, output in calls:
        new = set(layer.parameters(recurse=False)) - counted
        counted |= new
        number += kind_of(layer).weighted
        numbers = {"layer": number, "parameters": sum(parameter.numel() for parameter in new)}
        rows.append({"name": names[layer], **numbers, **_called(names[layer], layer, output)})
    return rows


def _calls(
    network: nn.Module, layers: dict[str, nn.Module], shape: tuple[int, ...]
) -> list[tuple[nn.Module, torch.Size]]:
    """Each call of a layer, in order, with the shape of its output for one image."""
    calls: list[tuple[nn.Module, torch.Size]] = []

    def note(layer: nn.Module, _: tuple, output: Tensor) -> None:
        calls.append((layer, output.shape))

    hooks = [layer.register_forward_hook(note) for layer in layers.values()]
    with torch.no_grad():
        network.eval()(torch.zeros((1, *shape), device=next(network.parameters()).device))
    for hook in hooks:
        hook.remove()
    return calls


def _refuse_idle(layers: dict[str, nn.Module], called: list[nn.Module]) -> None:
    for name, layer in layers.items():
        if layer not in called:
            text = "which the network doesn't call when it predicts, so that it can't be counted"
            raise _refused(layer, name, text)


def _called(name: str, layer: nn.Module, output: torch.Size) -> dict:
    """Kind, shape and cost of one call, whose output has the shape [1, ...]."""
    kind = kind_of(layer)
    if kind.weighted and len(output) != kind.dimensions:
        text = f"with outputs of {len(output)} dimensions; allowed: {kind.dimensions}"
        raise _refused(layer, name, text)
    fan_in = getattr(layer, "fan_in", None) or layer.weight[0].numel()
    return {
        "kind": kind.name,
        "output_shape": "x".join(map(str, output[1:])),
        "multiply_accumulates": output.numel() * fan_in if kind.weighted else 0,
    }


def _with_parameters(network: nn.Module) -> dict[str, nn.Module]:
    """The modules that have parameters of their own, by their names within the network."""
    modules = network.named_modules()
    return {name: module for name, module in modules if list(module.parameters(recurse=False))}


def _refused(layer: nn.Module, name: str, text: str) -> Problem:
    place = f"at {name!r}" if name else "as a whole"
    what_to_do = f"take another layer, or teach {__name__.replace('.', '/')}.py its kind"
    return Problem(f"network: found {type(layer).__name__} {place}, {text}; {what_to_do}")
