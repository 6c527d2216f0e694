"""Which of a network's weights a training changes, and at which share of the learning rate."""

from itertools import takewhile

from torch import nn, optim

from stages.command import Problem
from stages.techniques import bind
from stages.training import layers, start


def freeze(network: nn.Module, slots: dict) -> None:
    """Freeze what the slot `freeze` names: the first layers with weights, in the order in which
    they are initialized, and what lies before the next. Raises Problem where no layer is left."""
    if "freeze" not in slots:
        return
    weighted = layers.weighted(network)
    count = bind("freeze", slots["freeze"])(len(weighted))
    if count >= len(weighted):
        text = f"found {count}, but this network has {len(weighted)} layers with weights"
        raise Problem(f"freeze: {text}, the last of which must learn; lower it")
    before = takewhile(lambda module: module is not weighted[count], network.modules())
    for module in before if count else ():
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(False)


def in_training(network: nn.Module) -> nn.Module:
    """The network in training mode, but for what is frozen: its running statistics stay, and are
    what it goes by."""
    network.train()
    for module in network.modules():
        own = list(module.parameters(recurse=False))
        if own and not any(parameter.requires_grad for parameter in own):
            module.eval()
    return network


def optimizer(network: nn.Module, recipe: dict) -> tuple[optim.Optimizer, list[float]]:
    """A recipe's optimizer of all that is not frozen, and the share of the learning rate that each
    of its groups of parameters has: another one for what is taken over, where the slot
    `fine_tuning` says so."""
    slots, named = recipe["slots"], dict(network.named_parameters())
    learn = {name: value for name, value in named.items() if value.requires_grad}
    make = bind("optimizer", slots["optimizer"])
    if "fine_tuning" not in slots:
        return make(list(learn.values())), [1.0]
    taken = start.taken_over(network, start.how_much(recipe))
    parts = (
        ([value for name, value in learn.items() if name not in taken], 1.0),
        (
            [value for name, value in learn.items() if name in taken],
            bind("fine_tuning", slots["fine_tuning"])(),
        ),
    )
    groups = [(part, share) for part, share in parts if part]
    return make([{"params": part} for part, _ in groups]), [share for _, share in groups]
