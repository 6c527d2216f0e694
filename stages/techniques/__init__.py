"""The slots of a recipe: one module per slot, one public function per name.

A function's positional parameters are what the training loop hands over (each module's first line says what); its keyword-only parameters
are the options that params.yaml may set, checked by their annotation (see stages/options.py). The file name is the registry: what a study
may say is read from these files, so that a new function here is a new name there, and tests run over it.
"""

import importlib
from functools import partial


def bind(slot: str, choice: dict):
    """The function that a resolved choice `{name: options}` of a slot names, with its options filled in."""
    [(name, options)] = choice.items()
    return partial(getattr(importlib.import_module(f"stages.techniques.{slot}"), name), **options)
