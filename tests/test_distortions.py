"""Distorted pictures against torchvision's and scipy's, and the accuracies that come of them."""

import numpy as np
import pytest
import scipy.ndimage
import torch
from safetensors.torch import save_file
from test_every_technique import PLAIN
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as reference

from stages import distortions, networks
from stages.randomness import generator

BILINEAR = {"interpolation": InterpolationMode.BILINEAR}


@pytest.fixture
def images():
    """Smooth pictures: where a picture is sampled between its pixels, two implementations may round differently."""
    small = torch.rand(8, 3, 4, 4, generator=torch.Generator().manual_seed(0)) * 255
    return torch.nn.functional.interpolate(small, size=(16, 16), mode="bilinear")


def test_every_kind_has_an_amount_that_changes_nothing(images):
    for kind in distortions.KINDS:
        assert kind.nothing in kind.amounts
        torch.testing.assert_close(kind.distorted(images, kind.nothing), images, atol=0.02, rtol=0)


def test_translation_moves_by_whole_pixels_each_way_in_turn(images):
    moved = distortions.translated(images, 2 / 16)
    for i, shift in enumerate([(0, -2), (0, 2), (-2, 0), (2, 0)]):
        expected = scipy.ndimage.shift(images[i].numpy(), (0, *shift), order=1)
        np.testing.assert_allclose(moved[i].numpy(), expected, atol=0.02)


def test_rotation_size_and_brightness_are_torchvisions(images):
    turned = distortions.rotated(images, 20)
    for i, way in enumerate([1, -1, 1, -1]):
        torch.testing.assert_close(turned[i], reference.rotate(images[i], 20 * way, **BILINEAR), atol=0.05, rtol=0)
    larger = reference.affine(images, angle=0, translate=[0, 0], scale=1.25, shear=[0.0], **BILINEAR)
    torch.testing.assert_close(distortions.resized(images, 1.25), larger, atol=0.05, rtol=0)
    torch.testing.assert_close(distortions.relit(images, 1.4) / 255, reference.adjust_brightness(images / 255, 1.4))


def test_accuracies_are_those_of_the_saved_networks(tmp_path, images):
    draws = [(generator(0, member, "start"), generator(0, member, "dropout")) for member in range(2)]
    members = [networks.build(PLAIN, (3, 16, 16), 10, *draw) for draw in draws]
    weights = {f"{i}.{name}": value.contiguous() for i, network in enumerate(members) for name, value in network.state_dict().items()}
    save_file(weights, tmp_path / "weights.safetensors")
    truth = np.arange(8)
    recipe = {"slots": PLAIN, "device": "cpu", "threads": 1, "precision": "float32", "deterministic": True}
    rows = distortions.measure(recipe, tmp_path / "weights.safetensors", images.byte().numpy(), truth, {}, 10, "cpu")
    assert len(rows) == 2 * sum(len(kind.amounts) for kind in distortions.KINDS)
    for member, network in enumerate(members):
        turned = distortions.rotated(images, 30)
        expected = (network(turned).argmax(dim=1).numpy() == truth).mean()
        [row] = [r for r in rows if (r["member"], r["distortion"], r["amount"]) == (member, "rotation", 30)]
        assert (row["accuracy"], row["images"]) == (expected, 8)
