"""Slot `split`: which images a member is validated on, where these are not drawn once
for all members. `name(targets, member, shared, **options)` → indices for training, for validation.

`targets` [N, ...] are those of all training images, validation images included. The generator
`shared` depends on the study's seed alone.
"""

import torch
from torch import Generator, Tensor

from stages.command import Problem
from stages.techniques.options import Flag, Two


def k_fold(
    targets: Tensor, member: int, shared: Generator, *, folds: Two = 5, stratified: Flag = True
) -> tuple[Tensor, Tensor]:
    """Validate member i on fold i of the shuffled images, and train it on the other folds (k-fold
    cross-validation); `stratified`, each fold has each class's share of images."""
    from sklearn.model_selection import KFold, StratifiedKFold

    order = torch.randperm(len(targets), generator=shared)
    if stratified and (targets.ndim != 1 or targets.is_floating_point()):
        raise Problem("split.stratified: the task's targets are no classes; set it to false")
    if stratified and int(targets.unique(return_counts=True)[1].min()) < folds:
        raise Problem(f"split.folds: found {folds}, but a class has fewer images; lower it")
    splitter = (StratifiedKFold if stratified else KFold)(folds)
    parts = list(splitter.split(order, targets[order]))[member]
    training, validation = (order[torch.from_numpy(part)].sort().values for part in parts)
    return training, validation
