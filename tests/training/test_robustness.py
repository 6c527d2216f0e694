"""Transformed images against torchvision's and scipy's, and the accuracies that come of them."""

import numpy as np
import pytest
import scipy.ndimage
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as reference

from stages.training import robustness

BILINEAR = {"interpolation": InterpolationMode.BILINEAR}

KINDS = tuple(kind.name for kind in robustness.KINDS)


@pytest.fixture
def images():
    """Smooth images: sampled between their pixels, two implementations may round differently."""
    small = torch.rand(8, 3, 4, 4, generator=torch.Generator().manual_seed(0)) * 255
    return torch.nn.functional.interpolate(small, size=(16, 16), mode="bilinear")


def test_every_kind_has_an_amount_that_changes_nothing(images):
    for kind in robustness.KINDS:
        assert kind.nothing in kind.amounts
        torch.testing.assert_close(
            kind.transformed(images, kind.nothing), images, atol=0.02, rtol=0
        )


def test_translation_moves_by_whole_pixels_each_way_in_turn(images):
    moved = robustness.translated(images, 2 / 16)
    for i, shift in enumerate([(0, -2), (0, 2), (-2, 0), (2, 0)]):
        expected = scipy.ndimage.shift(images[i].numpy(), (0, *shift), order=1)
        np.testing.assert_allclose(moved[i].numpy(), expected, atol=0.02)


def test_rotation_size_and_brightness_are_torchvisions(images):
    turned = robustness.rotated(images, 20)
    for i, way in enumerate([1, -1, 1, -1]):
        torch.testing.assert_close(
            turned[i], reference.rotate(images[i], 20 * way, **BILINEAR), atol=0.05, rtol=0
        )
    larger = reference.affine(
        images, angle=0, translate=[0, 0], scale=1.25, shear=[0.0], **BILINEAR
    )
    torch.testing.assert_close(robustness.scaled(images, 1.25), larger, atol=0.05, rtol=0)
    torch.testing.assert_close(
        robustness.brightened(images, 1.4) / 255, reference.adjust_brightness(images / 255, 1.4)
    )


def test_every_setting_is_predicted_once(images):
    """And a setting that changes nothing not at all: the predictions of the images are known."""
    seen = []

    def predict(batch):
        seen.append(batch)
        return batch.flatten(1)[:, :10]

    unchanged = torch.rand(8, 10)
    found = robustness.predictions(predict, images.byte(), unchanged, KINDS)
    assert found.shape == (len(robustness.SETTINGS), 8, 10)
    assert len(seen) == len(robustness.SETTINGS) - len(robustness.KINDS)
    at = {
        (kind.name, amount): probabilities
        for (kind, amount), probabilities in zip(robustness.SETTINGS, found, strict=True)
    }
    turned = robustness.rotated(images.byte().float(), 30)
    torch.testing.assert_close(at["rotation", 30], predict(turned), rtol=0, atol=0)
    assert all(torch.equal(at[kind.name, kind.nothing], unchanged) for kind in robustness.KINDS)
