"""Super-resolution: an image as it was before it was made smaller, learned by the mean squared
error of its values (Dong et al. 2014)."""

import torch
from torch import Tensor
from torch.nn import functional as F

# What an epoch is judged by beside its loss: the peak signal-to-noise ratio in decibels.
SCORE = "psnr"
TARGET = "image"
# Whatever is done to an image is done to its target.
KEPT_UNDER = ()
WHITE = 255
# After each epoch so many test images are judged: all of them would fill the disk.
ON_THE_WAY = 100


def outputs(channels: int) -> int:
    """How many values a network gives for one pixel."""
    return channels


def targets(images: Tensor, labels: Tensor) -> Tensor:
    """What is to be learned of uint8 images [N, C, H, W]: the larger ones, uint8 [N, C, H', W']."""
    return labels


def loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """The mean squared error of outputs, float32 [B, C, H', W'], 0 black and 1 white."""
    return F.mse_loss(outputs, targets.float() / WHITE)


def score(outputs: Tensor, targets: Tensor) -> Tensor:
    """The sum of a batch's scores, a scalar."""
    return psnr(predictions(outputs), targets).sum()


def predictions(outputs: Tensor) -> Tensor:
    """What is kept of the outputs: the nearest image that can be shown, whole numbers 0 to 255,
    float16 [B, C, H', W'], which has a value for what is not a number."""
    return (outputs.clamp(0, 1) * WHITE).round().half()


def judged(predictions: Tensor, targets: Tensor) -> tuple[float, float]:
    """Mean loss and mean score of predictions [N, C, H', W']."""
    mean_loss = F.mse_loss(predictions.float() / WHITE, targets.float() / WHITE)
    return mean_loss.item(), psnr(predictions, targets).mean().item()


def condensed(predictions: Tensor) -> Tensor:
    """What is kept of the predictions after each epoch: those of the first images."""
    return predictions[:ON_THE_WAY]


def psnr(predictions: Tensor, targets: Tensor) -> Tensor:
    """The score of each image, float64 [B]: 10 log10(255² / mean squared error); of one without an
    error, as if one value were wrong by one."""
    errors = predictions.double() - targets.double()
    least = 1 / errors[0].numel()
    squares = errors.square().flatten(1).mean(dim=1).clamp_min(least)
    return 10 * torch.log10(WHITE**2 / squares)
