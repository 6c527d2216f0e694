"""What a running job needs beside its arithmetic (progress, TensorBoard, a GPU, checkpoints,
provenance, cost), so that no change here trains anything."""

__all__ = [
    "checkpoint",
    "cost",
    "git",
    "lease",
    "progress",
    "provenance",
    "tensorboard",
    "watching",
]
