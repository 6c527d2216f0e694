"""Slot `sampling`: which training images are learned from. `name(targets, shared, own, **options)`
→ indices.

`targets` [N, ...] are those of the training images, without the validation images. The generator
`shared` depends on the study's seed alone, so that all members, and all rungs with the same
sampling, see the same images; `own` is the member's.
"""

import torch
from torch import Generator, Tensor

from stages.command import Problem
from stages.techniques.options import Count, PositiveShare


def subset(
    targets: Tensor,
    shared: Generator,
    own: Generator,
    *,
    share: PositiveShare = 1.0,
    per_class: Count | None = None,
) -> Tensor:
    """Learn from a `share` of the training images, or `per_class` of each class, chosen at random.

    A smaller choice is part of a larger one, so that more data means the same images and others.
    """
    order = torch.randperm(len(targets), generator=shared)
    if per_class is None:
        return order[: max(1, round(len(targets) * share))].sort().values
    if targets.ndim != 1 or targets.is_floating_point():
        raise Problem("sampling.per_class: the task's targets are no classes; give a share instead")
    of_each = [_first(order, targets, int(label), per_class) for label in targets.unique()]
    return torch.cat(of_each).sort().values


def _first(order: Tensor, targets: Tensor, label: int, count: int) -> Tensor:
    found = order[targets[order] == label]
    if len(found) < count:
        text = f"found {count}, but class {label} has {len(found)} training images; lower it"
        raise Problem(f"sampling.per_class: {text}")
    return found[:count]


def bootstrap(
    targets: Tensor, shared: Generator, own: Generator, *, share: PositiveShare = 1.0
) -> Tensor:
    """Let each member draw images of its own, a `share` of the training images, each as if none had
    been taken out: bagging, where their predictions are combined (Breiman 1996)."""
    count = max(1, round(len(targets) * share))
    return torch.randint(len(targets), (count,), generator=own).sort().values
