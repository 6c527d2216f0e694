"""What holds of a task that doesn't say otherwise."""

from torch import Tensor


def predictions(outputs: Tensor) -> Tensor:
    """What is kept of the outputs [B, ...]: all of them, as they are."""
    return outputs


def condensed(predictions: Tensor) -> Tensor:
    """What is kept of the predictions [N, ...] after each epoch: all of them."""
    return predictions
