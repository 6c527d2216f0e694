"""Every variation against torchvision's of the same size, and against what must not change."""

import math
from itertools import permutations

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from torch import Generator
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as reference

from stages.compute.image_transforms import Warp, rotation, scaling, translation, warped
from stages.techniques import augmentation
from stages.techniques.augmentation import brightness, crop, flip, rotate, scale, translate

BILINEAR = {"interpolation": InterpolationMode.BILINEAR}
WITHOUT_EFFECT = [
    (translate, {"pixels": 0}),
    (rotate, {"degrees": 0}),
    (scale, {"factor": 0}),
    (brightness, {"factor": 0}),
]
VARIED = [
    (translate, {"pixels": 2}),
    (rotate, {"degrees": 20}),
    (scale, {"factor": 0.3}),
    (brightness, {"factor": 0.4}),
    (crop, {"padding": 3}),
]


@pytest.fixture
def images() -> torch.Tensor:
    """Smooth images: sampled between their pixels, two implementations may round differently."""
    small = torch.rand(3, 2, 4, 5, generator=Generator().manual_seed(0)) * 255
    return torch.nn.functional.interpolate(small, size=(16, 20), mode="bilinear")


def varied(vary, images, **options) -> torch.Tensor:
    """The images after one variation."""
    made = vary(images, Generator().manual_seed(3), **options)
    return warped(images, made) if isinstance(made, Warp) else made


def draw(monkeypatch, *values: float) -> None:
    """Let every image draw these: -1 is the least that may be drawn, 1 the most."""

    def drawn(images, generator, low, high, *each):
        of_each = low + (torch.tensor(values) + 1) / 2 * (high - low)
        return of_each.expand(len(images), -1).reshape(len(images), *each)

    monkeypatch.setattr(augmentation, "_drawn", drawn)


@pytest.mark.parametrize(("x", "y"), [(1.0, 0.0), (0.0, -1.0), (0.5, 1.0)])
def test_translate_moves_whole_pixels(monkeypatch, images, x, y):
    draw(monkeypatch, x, y)
    moved = varied(translate, images, pixels=2)
    # A sampling place that moves right moves the image left.
    expected = reference.affine(
        images, angle=0, translate=[-round(2 * x), -round(2 * y)], scale=1, shear=[0, 0], **BILINEAR
    )
    torch.testing.assert_close(moved, expected, atol=0.01, rtol=0)


@pytest.mark.parametrize("turn", [1.0, -0.5])
def test_rotate_keeps_the_shape_of_images_that_are_not_square(monkeypatch, images, turn):
    draw(monkeypatch, turn)
    expected = reference.rotate(images, 30 * turn, **BILINEAR)
    torch.testing.assert_close(varied(rotate, images, degrees=30), expected, atol=0.05, rtol=0)


@pytest.mark.parametrize("size", [1.0, -1.0])
def test_scale(monkeypatch, images, size):
    draw(monkeypatch, size)
    expected = reference.affine(
        images, angle=0, translate=[0, 0], scale=1 + 0.25 * size, shear=[0, 0], **BILINEAR
    )
    torch.testing.assert_close(varied(scale, images, factor=0.25), expected, atol=0.01, rtol=0)


STEPS = {
    "translated": (translation, [2.5, -1.0], lambda x, y: (x + 2.5, y - 1.0)),
    "rotated": (rotation, 0.4, lambda x, y: _turned(x, y, 0.4)),
    "scaled": (scaling, 1.3, lambda x, y: (x / 1.3, y / 1.3)),
}


def _turned(x, y, angle):
    cosine, sine = math.cos(angle), math.sin(angle)
    return cosine * x - sine * y, sine * x + cosine * y


@pytest.mark.parametrize("order", list(permutations(STEPS)), ids=" ".join)
def test_warps_that_follow_each_other_interpolate_once(images, order):
    """Against scipy, which samples at the places that the three lead to, in pixels."""
    warps = [make(images, torch.tensor([amount] * 3)) for make, amount, _ in map(STEPS.get, order)]
    y, x = np.mgrid[:16, :20] - np.array([7.5, 9.5])[:, None, None]
    # Whoever comes last in an image's life is asked first where a place is from.
    for *_, place in map(STEPS.get, reversed(order)):
        x, y = place(x, y)
    expected = [
        [map_coordinates(channel, [y + 7.5, x + 9.5], order=1, mode="grid-constant")
         for channel in image] for image in images.numpy()
    ]  # fmt: skip
    found = warped(images, *warps)
    torch.testing.assert_close(found, torch.tensor(np.array(expected)), atol=0.02, rtol=0)


def test_brightness_stays_within_what_a_pixel_can_be(monkeypatch, images):
    draw(monkeypatch, 1.0)
    torch.testing.assert_close(
        brightness(images, Generator(), factor=0.5), (images * 1.5).clamp(0, 255)
    )


@pytest.mark.parametrize(("vary", "options"), WITHOUT_EFFECT)
def test_none_of_it_changes_nothing(images, vary, options):
    torch.testing.assert_close(varied(vary, images, **options), images, atol=1e-3, rtol=0)


@pytest.mark.parametrize(("vary", "options"), VARIED)
def test_every_image_draws_its_own_and_the_generator_repeats_it(images, vary, options):
    same = images[:1].expand(4, -1, -1, -1)
    once, again = (varied(vary, same, **options) for _ in range(2))
    assert torch.equal(once, again)
    assert len({tuple(image.flatten().tolist()) for image in once}) == 4
    assert once.min() >= 0
    assert once.max() <= 255


def test_a_draw_covers_its_range_evenly(images):
    many = images[:1].expand(20000, -1, -1, -1)
    drawn = augmentation._drawn(many, Generator().manual_seed(0), -1, 1)
    assert drawn.abs().max() <= 1
    assert drawn.mean().item() == pytest.approx(0, abs=0.02)
    assert drawn.std().item() == pytest.approx(1 / math.sqrt(3), abs=0.01)


def test_crop_cuts_out_every_whole_pixel_place_that_there_is(images):
    many = images[:1].repeat(200, 1, 1, 1)
    padded = reference.pad(images[0], [1, 1, 1, 1])
    places = [reference.crop(padded, top, left, 16, 20) for top in range(3) for left in range(3)]
    found = [
        [torch.equal(cut, place) for place in places].index(True)
        for cut in crop(many, Generator().manual_seed(0), padding=1)
    ]
    assert set(found) == set(range(9))


def test_flip_swaps_left_and_right_of_some(images):
    many = images.repeat(400, 1, 1, 1)
    flipped = flip(many, Generator().manual_seed(0), probability=0.3)
    swapped = torch.tensor(
        [
            torch.equal(after, reference.horizontal_flip(before))
            for before, after in zip(many, flipped, strict=True)
        ]
    )
    kept = torch.tensor(
        [torch.equal(after, before) for before, after in zip(many, flipped, strict=True)]
    )
    assert torch.all(swapped ^ kept)
    assert swapped.double().mean().item() == pytest.approx(0.3, abs=0.05)
