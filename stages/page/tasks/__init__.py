"""What the page shows of one task alone: a module per task that has such things, named as in
stages/tasks/.

It has any of the names of _default.py, which says what each takes and gives.
"""

import importlib
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

from stages.page.tasks import _default

__all__ = ["FOLDER", "Task", "load"]

# Where the templates of tasks are.
FOLDER = Path(__file__).parent

# The names of a task's module, and those of _default.py that it leaves out.
Task = SimpleNamespace


def load(name: str) -> Task:
    """What the page has of the task of that name; it may be nothing."""
    module = f"stages.page.tasks.{name}"
    own = vars(importlib.import_module(module)) if find_spec(module) else {}
    return Task(**(vars(_default) | own))
