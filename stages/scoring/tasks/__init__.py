"""What `evaluate` computes of a task's predictions: one module per task, named as in stages/tasks/.

A task is a module with `SCORE` (score.py), `COMBINE` (which ways to combine predictions it allows),
`targets`, `scores` and `loss`; classification.py says of each what it takes and gives. It may also
have what _default.py has, and `curve_scores`, where `scores` can't score condensed predictions.
"""

import importlib
from types import SimpleNamespace

from stages.scoring.tasks import _default

__all__ = ["Task", "classification", "load"]

# The names of a task's module, and those of _default.py that it leaves out.
Task = SimpleNamespace


def load(name: str) -> Task:
    """The task of that name."""
    module = vars(importlib.import_module(f"stages.scoring.tasks.{name}"))
    return Task(**(vars(_default) | {"curve_scores": module["scores"]} | module))
