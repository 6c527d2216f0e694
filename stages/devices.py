"""The device that trains, and what makes its results repeatable."""

import torch

from stages.command import Problem


def pick(wanted: str) -> torch.device:
    """The device for `auto`, `cpu` or `cuda`. Raises Problem where `cuda` is asked for and there is none."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise Problem("device: found cuda, but this machine has no GPU that torch can use; allowed here: auto, cpu")
    return torch.device("cuda" if wanted == "cuda" or (wanted == "auto" and torch.cuda.is_available()) else "cpu")


def make_deterministic(threads: int) -> None:
    """Use exactly `threads` threads and only kernels that give the same bits every time.

    The number of threads is the study's, never the machine's: sums are split by it.
    """
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
