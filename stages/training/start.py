"""The weights that a training begins with, where they are those of another rung's members."""

from pathlib import Path

from torch import Tensor, nn

from stages.command import Problem
from stages.training import layers

# How much a start may take over: everything, or all but the classifier.
ALL, FEATURES = "all", "features"


def read(path: Path | None, members: int) -> list[dict[str, Tensor] | None]:
    """Of each member, the weights of the same number in a weights.safetensors; None of each without
    a file. Raises Problem where one is missing."""
    if path is None:
        return [None] * members
    from safetensors.torch import load_file

    found: list[dict] = [{} for _ in range(members)]
    for name, value in load_file(path).items():
        member, _, parameter = name.partition(".")
        if int(member) < members:
            found[int(member)][parameter] = value
    if not all(found):
        raise Problem(f"{path}: found {sum(map(bool, found))} members, {members} are to begin with")
    return found


def how_much(recipe: dict) -> str | None:
    """How much of another rung's weights a recipe begins with; None where it begins by itself."""
    return recipe["start"]["take"] if "start" in recipe else None


def taken_over(network: nn.Module, take: str | None) -> set[str]:
    """The names of the values of a network that a start takes over: all of them, or those of its
    features, which are all but the last layer with weights."""
    names = set(network.state_dict()) if take else set()
    return names - _classifier(network) if take == FEATURES else names


def _classifier(network: nn.Module) -> set[str]:
    last = layers.weighted(network)[-1]
    place = next(name for name, module in network.named_modules() if module is last)
    return {f"{place}.{name}".removeprefix(".") for name in last.state_dict()}


def begin(network: nn.Module, weights: dict[str, Tensor], take: str = ALL) -> None:
    """Give a network these weights, as many as it takes over. Raises Problem where names or shapes
    are not its own."""
    own, taken = network.state_dict(), taken_over(network, take)
    new = own.keys() - taken
    weights = {name: value for name, value in weights.items() if name not in new}
    for name in sorted(taken | weights.keys()):
        shapes = [tuple(of[name].shape) if name in of else "nothing" for of in (weights, own)]
        if shapes[0] != shapes[1]:
            found = f"found {shapes[0]} for {name}, where this network has {shapes[1]}"
            raise Problem(f"--start: {found}; both must be the same network on images of one form")
    network.load_state_dict(weights | {name: own[name] for name in new})
