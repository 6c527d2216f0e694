"""Segmentation: the class of every pixel, learned by softmax cross-entropy (Long, Shelhamer and
Darrell 2015)."""

import torch
from torch import Tensor
from torch.nn import functional as F

# What an epoch is judged by beside its loss: of each image, the mean over its classes of what
# prediction and truth share, of what either has (intersection over union).
SCORE = "mean_iou"
TARGET = "map"
# A brighter image has its classes where it had them; one that is moved hasn't.
KEPT_UNDER = ("brightness",)
# After each epoch so many test images are judged: all of them would fill the disk.
ON_THE_WAY = 100


def outputs(classes: int) -> int:
    """How many values a network gives for one pixel."""
    return classes


def targets(images: Tensor, labels: Tensor) -> Tensor:
    """What is to be learned of uint8 images [N, C, H, W]: the class of each pixel, uint8
    [N, H, W]."""
    return labels


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean cross-entropy over all pixels of logits, float32 [B, classes, H, W], a scalar."""
    # One pixel after the other, because torch's loss of maps can't be repeated on a GPU.
    of_pixels = logits.permute(0, 2, 3, 1).reshape(-1, logits.shape[1])
    return F.cross_entropy(of_pixels, targets.reshape(-1).long())


def score(logits: Tensor, targets: Tensor) -> Tensor:
    """The sum of a batch's scores, a scalar."""
    return mean_iou(logits.argmax(dim=1), targets, logits.shape[1]).sum()


def predictions(logits: Tensor) -> Tensor:
    """What is kept of the outputs: class probabilities, float16 [B, classes, H, W]."""
    return F.softmax(logits, dim=1).half()


def judged(predictions: Tensor, targets: Tensor) -> tuple[float, float]:
    """Mean loss and mean score of predictions [N, classes, H, W]."""
    of_truth = predictions.float().gather(1, targets[:, None].long()).clamp_min(1e-7)
    scores = mean_iou(predictions.argmax(dim=1), targets, predictions.shape[1])
    return -of_truth.log().double().mean().item(), scores.mean().item()


def condensed(predictions: Tensor) -> Tensor:
    """What is kept of the predictions after each epoch: the classes of the first images, uint8."""
    return predictions[:ON_THE_WAY].argmax(dim=1).to(torch.uint8)


def mean_iou(predicted: Tensor, targets: Tensor, classes: int) -> Tensor:
    """The score of each image, float64 [B], of predicted and true classes [B, H, W]: the mean over
    the classes that stand in either."""
    kinds = torch.arange(classes, device=predicted.device).view(-1, 1, 1, 1)
    here, there = predicted == kinds, targets == kinds
    shared = (here & there).sum(dim=(2, 3), dtype=torch.float64)
    either = (here | there).sum(dim=(2, 3), dtype=torch.float64)
    return (shared / either.clamp_min(1)).sum(dim=0) / (either > 0).sum(dim=0)
