"""The absolute error of an image's predicted mean brightness."""

from stages.scoring.score import Score

SCORE = Score("error", higher_is_better=False)
COMBINE = ("mean",)


def targets(images, labels):
    return images.mean(axis=(1, 2, 3)) / 255


def scores(predictions, targets):
    return abs(predictions[..., 0] - targets)


def loss(predictions, targets):
    return float((scores(predictions, targets) ** 2).mean())
