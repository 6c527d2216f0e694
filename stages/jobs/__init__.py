"""What a running job needs beside its arithmetic: progress, TensorBoard, a GPU, checkpoints,
provenance, cost. No change here trains anything."""

__all__ = ["checkpoint", "cost", "lease", "progress", "provenance", "tensorboard", "watching"]
