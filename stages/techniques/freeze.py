"""Slot `freeze`: which layers stay as they begin. `name(weighted, **options)` → how many of the
first ones, of all the `weighted` layers that a network has.

They are frozen with what lies between them: no step and no penalty moves them, and their
normalization goes by running statistics that stay as they are. Where a rung begins by itself,
frozen layers are random features.
"""

from stages.techniques.options import Whole


def features(weighted: int) -> int:
    """Freeze all but the last layer with weights, the classifier, so that it alone learns."""
    return weighted - 1


def first(weighted: int, *, layers: Whole) -> int:
    """Freeze the first `layers` that have weights, the low-level ones; 0 freezes none."""
    return layers
