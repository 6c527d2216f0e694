"""What is learned, one module per task: loss, form of outputs and targets, the score of an epoch.

The file name is the name that a study says.

A task is a module with `SCORE`, `outputs`, `targets`, `loss` and `score`; classification.py says of
each what it takes and gives. It may also have what _default.py has, and `judged`, where the mean
loss and score of predictions are not those of outputs. What `evaluate` makes of a task's
predictions stands in stages/scoring/tasks/.
"""

import importlib
from types import SimpleNamespace

from torch import Tensor

from stages.tasks import _default

__all__ = ["Task", "load"]

# The names of a task's module, and those that it leaves out.
Task = SimpleNamespace


def load(name: str) -> Task:
    """The task of that name."""
    module = vars(importlib.import_module(f"stages.tasks.{name}"))

    def judged(predictions: Tensor, targets: Tensor) -> tuple[float, float]:
        loss, score = module["loss"](predictions, targets), module["score"](predictions, targets)
        return loss.item(), score.item() / len(targets)

    return Task(**(vars(_default) | {"judged": judged} | module))
