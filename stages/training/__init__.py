"""The loop, part of every recipe: a rung's members, their data and random numbers, what goes on
inside them, and how robust they are."""

__all__ = [
    "data",
    "diagnostics",
    "exported",
    "layers",
    "looks",
    "loop",
    "member",
    "network",
    "outputs",
    "randomness",
    "robustness",
    "rung",
    "side_by_side",
    "states",
    "step",
    "sums",
    "trainable",
]
