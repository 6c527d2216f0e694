"""All that is done to torch's own code: no job imports torch's
compiler, which none of them uses."""

# Saved in each job: the import of `torch._dynamo`, 4 s on a quiet machine (6 s of processor time on
# a busy one) and 150 MiB, with torch 2.13. An optimizer's methods are wrapped in `_disable_dynamo`,
# its step in a hook for profilers, and each wrapper imports the compiler only to tell it to keep
# away. Either patch may go when torch does without that import: tests/compute/test_torch_patches.py
# then fails and says which one.

import inspect
from collections.abc import Callable
from functools import partial

import torch


def leave_out_the_compiler() -> None:
    """Let the methods of all optimizers but `step` run as they are written.

    Each of torch's wrappers keeps the function that it then calls in an attribute of its own; here
    that is the method itself.
    """
    for method in vars(torch.optim.Optimizer).values():
        its_own = getattr(method, "__module__", None) == "torch.optim.optimizer"
        if its_own and hasattr(method, "__wrapped__"):
            method.__wrapped__.__dynamo_disable = method.__wrapped__


def bare_step(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """The optimizer's step without what torch wraps around it."""
    return torch.no_grad()(partial(inspect.unwrap(type(optimizer).step), optimizer))
