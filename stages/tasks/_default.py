"""What holds of a task that doesn't say otherwise."""

from torch import Tensor

# What a data set must have for it, one of stages/study/targets.py; None: whatever there is.
TARGET = None
# The transformations of an image (stages/training/robustness.py) that leave what is to be predicted
# as it is.
KEPT_UNDER = ("translation", "rotation", "scale", "brightness")


def predictions(outputs: Tensor) -> Tensor:
    """What is kept of the outputs [B, ...]: all of them, as they are."""
    return outputs


def condensed(predictions: Tensor) -> Tensor:
    """What is kept of the predictions [N, ...] after each epoch: all of them."""
    return predictions
