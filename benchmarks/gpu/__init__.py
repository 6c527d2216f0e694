"""The parts of `make gpu-check`: each is a module with `run(images) → (text, numbers)`, independent
of the others."""

import torch

# What is measured; a test of the code itself says "cpu".
DEVICE = "cuda"


def synchronize() -> None:
    """Wait for the GPU."""
    if DEVICE == "cuda":
        torch.cuda.synchronize()
