"""Images that are alike: found where they were put, and as scikit-learn finds neighbours."""

import tracemalloc

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from stages.datasets.likeness import BY_CORRELATION, BY_LEVELS, NEAR, blocks, near_copies, order


def images(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(256, size=(count, *shape)).astype(np.uint8)


def test_copies_of_a_photograph_are_found_brighter_with_noise_and_mirrored():
    train, test = images(700, 3, 32, 32), images(600, 3, 32, 32, seed=1)
    # As a photograph, smooth.
    train[:20] = np.kron(images(20, 3, 4, 4, seed=2), np.ones((8, 8), dtype=np.uint8))
    test[0] = train[3] // 2 + 20
    test[1] = train[4] ^ (images(1, 3, 32, 32, seed=3)[0] & 7)
    test[550] = train[5][..., ::-1]
    test[2] = np.roll(train[6], 8, axis=2)
    assert near_copies(train, test) == {"copies": 3, "copies_by": BY_CORRELATION}


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (1, 1, 128), (1, 30, 17)])
def test_gray_copies_are_those_within_ten_levels(shape):
    train, test = images(600, *shape), images(520, *shape, seed=1)
    train[:4] = train[:4] // 2 + 50
    for place, off in enumerate((10, 11)):
        test[place] = train[place] + off
    test[510] = train[2][..., ::-1] - 5
    # Ten levels are a mean: half of the pixels by 13, half not at all.
    test[3] = train[3]
    test[3].reshape(-1)[::2] += 13
    assert near_copies(train, test) == {"copies": 3, "copies_by": BY_LEVELS}


def test_constant_images_correlate_with_nothing():
    black = np.zeros((5, 3, 8, 8), dtype=np.uint8)
    assert near_copies(black, black)["copies"] == 0


def test_distances_do_not_grow_where_images_are_seen_as_few_pixels():
    for shape in ((1, 28, 28), (3, 32, 32), (1, 30, 17)):
        some, others = images(20, *shape), images(20, *shape, seed=1)
        few = np.square(blocks(some) - blocks(others)).sum(axis=1)
        all_pixels = np.square((some.astype(float) - others) / 255).sum(axis=(1, 2, 3))
        assert (few <= all_pixels + 1e-4).all()


def test_the_nearest_of_a_class_as_scikit_learn_finds_it():
    pixels, labels = images(900, 1, 8, 8), np.random.default_rng(1).integers(3, size=900)
    near = []
    for label in range(3):
        places = np.flatnonzero(labels == label)
        flat = pixels[places].reshape(len(places), -1).astype(float)
        nearest = NearestNeighbors(n_neighbors=2).fit(flat).kneighbors(flat)[1][:, 1]
        near += (abs(places - places[nearest]) <= NEAR).tolist()
    found = order(pixels, labels)
    assert found["near"] == pytest.approx(np.mean(near))
    assert found["near_by_chance"] == pytest.approx(0.27, abs=0.01)


def test_images_in_the_order_of_their_writers_are_seen():
    writers = images(50, 1, 8, 8).repeat(40, axis=0)
    noisy = writers ^ (images(2000, 1, 8, 8, seed=1) & 15)
    found = order(noisy, np.arange(2000) % 10)
    assert found["near"] == 1
    assert found["near_by_chance"] < 0.15


def test_a_class_of_one_image_has_no_neighbour():
    none = {"near_places": NEAR, "near": None, "near_by_chance": None}
    assert order(images(2, 1, 8, 8), np.arange(2)) == none


def test_no_copy_of_all_images_as_floats_is_made():
    """Of CIFAR-10's 60,000 that would be 700 MiB; a class at a time, it is a tenth."""
    pixels, labels = images(3000, 3, 32, 32), np.arange(3000) % 10
    tracemalloc.start()
    order(pixels, labels)
    near_copies(pixels[:2500], pixels[2500:])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * pixels.nbytes
