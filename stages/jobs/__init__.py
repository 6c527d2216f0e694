"""What a running job needs beside its arithmetic, so that no change of it trains anything:
progress, TensorBoard, a GPU, threads, checkpoints, provenance, cost."""

__all__ = [
    "checkpoint",
    "cost",
    "git",
    "lease",
    "machine",
    "progress",
    "provenance",
    "tensorboard",
    "threads",
    "watching",
]
