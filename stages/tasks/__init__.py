"""What is learned, one module per task: loss, form of outputs and targets, the score of an epoch.

The file name is the name that a study says.

A task is a module with these names (classification.py says of each what it takes and gives): `SCORE`, `outputs`, `targets`, `loss`,
`score`, `predictions`, `judged` and `condensed`. What `evaluate` makes of a task's predictions stands in stages/scoring/tasks/.
"""

import importlib
from types import ModuleType

__all__ = ["load"]


def load(name: str) -> ModuleType:
    """The task of that name."""
    return importlib.import_module(f"stages.tasks.{name}")
