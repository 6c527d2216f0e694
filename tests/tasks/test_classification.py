"""Classification against torch's own cross-entropy, and against numpy where torch is what it is."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from stages import tasks

TASK = tasks.load("classification")
LOGITS = torch.randn(7, 10, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 3, 9, 9, 5])


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax by its definition."""
    powers = np.exp(logits.astype(np.float64))
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_loss_is_the_mean_cross_entropy():
    loss = TASK.loss(LOGITS, LABELS)
    assert loss.shape == ()
    assert loss == F.cross_entropy(LOGITS, LABELS)
    chosen = probabilities(LOGITS.numpy())[range(7), LABELS]
    assert loss.item() == pytest.approx(-np.log(chosen).mean(), rel=1e-5)


def test_a_network_that_knows_nothing_has_the_loss_of_chance_level():
    assert TASK.loss(torch.zeros(4, 10), LABELS[:4]).item() == pytest.approx(math.log(10))


def test_the_score_counts_the_images_that_are_correctly_classified():
    right = LOGITS.numpy().argmax(axis=1) == LABELS.numpy()
    assert TASK.score(LOGITS, LABELS) == right.sum()
    assert TASK.score(F.one_hot(LABELS, 10).float(), LABELS) == 7


def test_predictions_are_probabilities_of_the_classes():
    kept = TASK.predictions(LOGITS)
    assert (kept.shape, kept.dtype) == ((7, TASK.outputs(10)), torch.float32)
    np.testing.assert_allclose(kept.numpy(), probabilities(LOGITS.numpy()), rtol=1e-5)


def test_predictions_are_judged_as_the_outputs_are_that_they_come_from():
    loss, accuracy = TASK.judged(TASK.predictions(LOGITS), LABELS)
    assert loss == pytest.approx(TASK.loss(LOGITS, LABELS).item(), rel=1e-5)
    assert accuracy == pytest.approx(TASK.score(LOGITS, LABELS).item() / 7)


def test_a_class_that_is_taken_for_impossible_has_a_finite_loss():
    loss, accuracy = TASK.judged(torch.tensor([[1.0, 0.0]]), torch.tensor([1]))
    assert (loss, accuracy) == (pytest.approx(-math.log(1e-12)), 0.0)


def test_the_targets_are_the_labels_and_what_is_kept_of_each_epoch_the_predicted_classes():
    assert torch.equal(TASK.targets(torch.zeros(7, 1, 8, 8, dtype=torch.uint8), LABELS), LABELS)
    condensed = TASK.condensed(TASK.predictions(LOGITS))
    assert condensed.dtype == torch.uint8
    assert condensed.tolist() == LOGITS.numpy().argmax(axis=1).tolist()
