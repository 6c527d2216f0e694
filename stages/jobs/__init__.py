"""What a running job needs beside its arithmetic, so that no change of it trains anything:
progress, TensorBoard, a GPU, threads, checkpoints, provenance, cost, what was trained once."""

__all__ = [
    "checkpoint",
    "cost",
    "dvc_cache",
    "git",
    "lease",
    "machine",
    "progress",
    "provenance",
    "store",
    "store_settings",
    "tensorboard",
    "threads",
    "watching",
]
