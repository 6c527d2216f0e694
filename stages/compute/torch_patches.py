"""Ways around torch's compiler, which is not used here."""

import inspect
from collections.abc import Callable
from functools import partial

import torch


def bare_step(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """The optimizer's step without what torch wraps around it: that imports torch's compiler, 4 s for each job (see stages/devices.py)."""
    return torch.no_grad()(partial(inspect.unwrap(type(optimizer).step), optimizer))
