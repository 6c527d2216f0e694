"""Classification: one class per image, learned by softmax cross-entropy, as in all five decks."""

import torch
from torch import Tensor
from torch.nn import functional as F

# What an epoch is judged by beside its loss: a column of the history.
SCORE = "accuracy"
TARGET = "class"


def outputs(classes: int) -> int:
    """How many values a network gives for one image."""
    return classes


def targets(images: Tensor, labels: Tensor) -> Tensor:
    """What is to be learned of uint8 images [N, C, H, W] with labels [N]: the labels, int64 [N]."""
    return labels


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean cross-entropy of logits, float32 [B, classes], a scalar."""
    return F.cross_entropy(logits, targets)


def score(logits: Tensor, targets: Tensor) -> Tensor:
    """The sum of a batch's scores, a scalar: how many images are correctly classified."""
    return (logits.argmax(dim=1) == targets).sum()


def predictions(logits: Tensor) -> Tensor:
    """What is kept of the outputs: class probabilities [B, classes]."""
    return F.softmax(logits, dim=1)


def judged(predictions: Tensor, targets: Tensor) -> tuple[float, float]:
    """Mean loss and mean score of predictions [N, classes]: cross-entropy and accuracy."""
    cross_entropy = F.nll_loss(predictions.clamp_min(1e-12).log(), targets).item()
    return cross_entropy, (predictions.argmax(dim=1) == targets).double().mean().item()


def condensed(predictions: Tensor) -> Tensor:
    """What is kept of the predictions after each epoch: the predicted classes, uint8 [N] (each
    checkpoint holds those of all epochs)."""
    return predictions.argmax(dim=1).to(torch.uint8)
