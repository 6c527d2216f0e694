"""The weights by which the images of the next member of a boosted rung are drawn."""

import torch
from torch import Tensor

from stages.command import Problem
from stages.techniques import bind
from stages.training.member import Data, Member


def first(recipe: dict, data: Data) -> Tensor | None:
    """The weights of all training images for the first member, float64 [N]: equal ones; None where
    members don't depend on each other. Raises Problem for targets that are no classes."""
    if "boosting" not in recipe["slots"]:
        return None
    if data.train_targets.ndim != 1 or data.train_targets.is_floating_point():
        raise Problem("boosting: the task's targets are no classes; remove the slot")
    count = len(data.train_targets)
    return torch.full((count,), 1 / count, dtype=torch.float64)


def after(recipe: dict, data: Data, member: Member, weights: Tensor | None) -> Tensor | None:
    """The weights for the member that follows a trained one, whose vote is noted with it."""
    if weights is None:
        return None
    boost = bind("boosting", recipe["slots"]["boosting"])
    wrong = (member.train_predictions.argmax(dim=1) != data.train_targets).cpu()
    # No one else needs them, and there are as many as training images.
    member.train_predictions = None
    weights, member.vote = boost(weights, wrong, data.classes)
    return weights
