"""What `evaluate` computes of a task's predictions: one module per task, named as in stages/tasks/.

A task is a module with these names (classification.py says of each what it takes and gives): `SCORE`, `targets`, `scores`, `loss`,
`condensed`, `curve_scores` and `finite`; and, where it has such a thing, `tables`, `metrics` and `examples`.
"""

import importlib
from types import ModuleType

__all__ = ["classification", "load"]


def load(name: str) -> ModuleType:
    """The task of that name."""
    return importlib.import_module(f"stages.scoring.tasks.{name}")
