"""Segmentation as it is trained and as it is scored, beside scikit-learn and torch."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, jaccard_score
from torch.nn import functional as F

from stages.scoring.tasks import segmentation as scored
from stages.tasks import segmentation as learned

CLASSES = 4
RANDOM = np.random.RandomState(0)
# Scenes that lack some of the classes, as most do.
TRUTH = RANDOM.randint(CLASSES, size=(6, 5, 7)).astype(np.uint8)
TRUTH[0], TRUTH[1] = 0, np.minimum(TRUTH[1], 1)
LOGITS = torch.from_numpy(RANDOM.normal(size=(6, CLASSES, 5, 7))).float()
PROBABILITIES = learned.predictions(LOGITS)
PREDICTED = LOGITS.argmax(dim=1).numpy()
NAMES = ["background", "a", "b", "c"]


def of_scikit_learn(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Macro-averaged over the classes that stand in either, which is what it does by itself."""
    return jaccard_score(truth.ravel(), predicted.ravel(), average="macro")


def test_the_score_of_an_image_is_scikit_learns_jaccard_score():
    expected = [of_scikit_learn(*pair) for pair in zip(PREDICTED, TRUTH, strict=True)]
    of_training = learned.mean_iou(torch.from_numpy(PREDICTED), torch.from_numpy(TRUTH), CLASSES)
    np.testing.assert_allclose(scored.mean_iou(PREDICTED, TRUTH), expected, rtol=1e-12)
    np.testing.assert_allclose(of_training.numpy(), expected, rtol=1e-12)


def test_the_scores_of_members_and_settings_are_those_of_each_image():
    members = np.stack([PROBABILITIES.numpy(), PROBABILITIES.numpy()[:, ::-1]])
    scores = scored.scores(members, TRUTH)
    assert scores.shape == (2, 6)
    np.testing.assert_array_equal(scores[0], scored.mean_iou(members[0].argmax(axis=1), TRUTH))
    transformed = scored.scores(members[:, None, :3], TRUTH[:3])
    np.testing.assert_array_equal(transformed[:, 0], scores[:, :3])


def test_of_a_class_over_all_pixels_it_is_scikit_learns_too():
    tables = scored.tables(PROBABILITIES.numpy()[None], TRUTH, NAMES)
    flat = TRUTH.ravel(), PREDICTED.ravel()
    expected = jaccard_score(*flat, average=None, labels=range(CLASSES))
    np.testing.assert_allclose([row["iou"] for row in tables["per_class"]], expected, rtol=1e-12)
    counts = [cell["count"] for cell in tables["confusion"]]
    np.testing.assert_array_equal(np.reshape(counts, (4, 4)), confusion_matrix(*flat))
    found = scored.metrics(tables)
    assert found["pixel_accuracy"] == pytest.approx(accuracy_score(*flat), rel=1e-12)
    assert found["iou_over_classes"] == pytest.approx(expected.mean(), rel=1e-12)


def test_a_class_counts_the_images_that_have_it():
    tables = scored.tables(PROBABILITIES.numpy()[None], TRUTH, NAMES)
    expected = [sum((of == i).any() for of in TRUTH) for i in range(CLASSES)]
    assert [row["images"] for row in tables["per_class"]] == expected


def test_the_loss_is_torchs_cross_entropy_of_maps():
    targets = torch.from_numpy(TRUTH)
    expected = F.cross_entropy(LOGITS, targets.long())
    torch.testing.assert_close(learned.loss(LOGITS, targets), expected)
    # Kept in 16 bits, it is known to three digits.
    loss, score = learned.judged(PROBABILITIES, targets)
    assert loss == pytest.approx(expected.item(), rel=1e-3)
    assert scored.loss(PROBABILITIES.numpy(), TRUTH) == pytest.approx(loss, rel=1e-6)
    assert score == pytest.approx(scored.mean_iou(PREDICTED, TRUTH).mean(), rel=1e-12)


def test_the_score_of_a_batch_is_the_sum_of_its_images():
    targets = torch.from_numpy(TRUTH)
    assert learned.score(LOGITS, targets).item() == pytest.approx(
        scored.mean_iou(PREDICTED, TRUTH).sum(), rel=1e-12
    )


def test_who_knows_nothing_is_as_good_as_who_says_the_commonest_class():
    chance = scored.chance(TRUTH, NAMES)
    expected = [of_scikit_learn(np.zeros_like(truth), truth) for truth in TRUTH]
    assert np.bincount(TRUTH.ravel()).argmax() == 0
    assert chance == pytest.approx(np.mean(expected), rel=1e-12)


def test_a_diverged_member_is_scored_as_one_that_knows_nothing():
    nothing = scored.finite(np.full((1, 6, CLASSES, 5, 7), np.nan, dtype=np.float16))
    assert np.isfinite(nothing).all()
    assert scored.scores(nothing, TRUTH).shape == (1, 6)


def test_along_a_curve_the_first_images_are_judged():
    many = PROBABILITIES.repeat(20, 1, 1, 1)
    condensed = learned.condensed(many)
    assert condensed.shape == (100, 5, 7)
    np.testing.assert_array_equal(scored.condensed(many.numpy()), condensed.numpy())
    found = scored.curve_scores(condensed.numpy()[None], np.tile(TRUTH, (20, 1, 1)))
    expected = np.tile(scored.mean_iou(PREDICTED, TRUTH), 17)[:100]
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
