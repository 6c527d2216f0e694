"""Regression of an image's mean brightness, 0 to 1, by the mean squared error."""

SCORE = "error"


def outputs(classes):
    return 1


def targets(images, labels):
    return images.float().mean(dim=(1, 2, 3)) / 255


def loss(outputs, targets):
    return (outputs[:, 0] - targets).square().mean()


def score(outputs, targets):
    return (outputs[:, 0] - targets).abs().sum()
