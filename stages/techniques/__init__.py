"""The slots of a recipe: one module, or folder of modules, per slot, one public function per name.

A function's positional parameters are what the training loop hands over (each slot's first line
says what); its keyword-only parameters are the options that params.yaml may set, checked by their
annotation (options.py). The file name is the registry: what a study may say is read from these
files, so that a new function here is a new name there, and tests run over it.
"""

import importlib
from functools import partial

__all__ = ["bind", "network", "options"]


def bind(slot: str, choice: dict):
    """The function that a resolved choice `{name: options}` of a slot names,
    with its options filled in."""
    from stages.techniques.options import slots

    [(name, options)] = choice.items()
    return partial(getattr(importlib.import_module(slots()[slot][name].module), name), **options)
