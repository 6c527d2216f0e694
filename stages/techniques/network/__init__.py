"""Slot `network`: the architecture. `name(shape, outputs, parts, **options)` → module, images
[B, C, H, W] → [B, outputs].

`shape` is (C, H, W) of an image; `parts` carries the other slots that shape a layer (_parts.py).
One module per family of networks, so that a new one is no part of the recipes of the others.
"""

from stages.techniques.network._parts import Parts

__all__ = ["Parts"]
