"""The weights that a training begins with, where they are those of another rung's members."""

from pathlib import Path

from torch import Tensor, nn

from stages.command import Problem


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


def begin(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Give a network these weights, all of them. Raises Problem where names
    or shapes are not its own."""
    own = network.state_dict()
    for name in sorted(own.keys() | weights.keys()):
        shapes = [tuple(of[name].shape) if name in of else "nothing" for of in (weights, own)]
        if shapes[0] != shapes[1]:
            found = f"found {shapes[0]} for {name}, where this network has {shapes[1]}"
            raise Problem(f"--start: {found}; both must be the same network on images of one form")
    network.load_state_dict(weights)
