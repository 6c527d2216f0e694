"""Which images of a data set are alike: near copies of test images among the training images, and
whether images that lie near each other are of one kind. Both make a test score look better, or
surer, than it is."""

from collections.abc import Callable, Sequence

import numpy as np

# Near copies are colour images that correlate by more than this, seen as 8 × 8 pixels (copies of a
# photograph differ in light and detail), and gray images whose root mean square difference is at
# most so many of 255 gray levels (all shirts correlate).
CORRELATION, LEVELS, SIDE = 0.98, 10, 8
BY_CORRELATION = f"a correlation above {CORRELATION}, seen as {SIDE} × {SIDE} pixels"
BY_LEVELS = f"within {LEVELS} of 255 gray levels, root mean square"
# So many places before and after an image are near it; so many images are asked at most.
NEAR, ASKED = 130, 2000
# Images compared in one product of matrices, and what float32 may be off in a squared distance.
CHUNK, ROUNDING = 250, 1e-4


def near_copies(train: np.ndarray, test: np.ndarray) -> dict:
    """How many `test` images have a near copy among the `train` images or their mirror images
    (uint8 [N, C, H, W]), and by which measure, in words: `copies`, `copies_by`."""
    forms = test, test[..., ::-1]
    if train.shape[1] > 1:
        known = _unit(blocks(train))
        found = _any(forms, lambda some: (_unit(blocks(some)) @ known.T > CORRELATION).any(axis=1))
        return {"copies": found, "copies_by": BY_CORRELATION}
    known = blocks(train)
    found = _any(forms, lambda some: _close(some, train, known))
    return {"copies": found, "copies_by": BY_LEVELS}


def _any(forms: Sequence[np.ndarray], ask: Callable[[np.ndarray], np.ndarray]) -> int:
    """Of how many images `ask` says yes, in any of the `forms` that they are shown in."""
    starts = range(0, len(forms[0]), CHUNK)
    said = [np.concatenate([ask(form[i : i + CHUNK]) for i in starts]) for form in forms]
    return int(np.logical_or.reduce(said).sum())


def _close(images: np.ndarray, train: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether each image lies within LEVELS of one of `train`, whose blocks are `known`."""
    # Means over blocks are an orthogonal projection: no distance gets larger by it.
    pixels = images[0].size
    bound = pixels * (LEVELS / 255) ** 2
    near = _squared(blocks(images), known) <= bound + ROUNDING * pixels
    found = np.zeros(len(images), dtype=bool)
    for image in np.flatnonzero(near.any(axis=1)):
        off = train[near[image]].astype(np.int64) - images[image]
        found[image] = np.square(off).sum(axis=(1, 2, 3)).min() <= pixels * LEVELS**2
    return found


def blocks(images: np.ndarray) -> np.ndarray:
    """Images (uint8 [N, C, H, W]) as at most SIDE × SIDE pixels [N, fewer], the means over blocks
    (of black beyond the edge) of values from 0 to 1, times the root of a block's size."""
    count, channels, *sides = images.shape
    steps = [-(-side // SIDE) for side in sides]
    pad = [(0, -side % step) for side, step in zip(sides, steps, strict=True)]
    padded = np.pad(images, [(0, 0), (0, 0), *pad])
    height, width = padded.shape[2:]
    shape = (count, channels, height // steps[0], steps[0], width // steps[1], steps[1])
    sums = padded.reshape(shape).sum(axis=(3, 5), dtype=np.int64)
    scale = np.float32(255 * np.sqrt(np.prod(steps)))
    return (sums / scale).astype(np.float32).reshape(count, -1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [N, d] less their means, of length 1 (0 where all values are equal): the products of
    two are their correlation."""
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(centred).sum(axis=1, keepdims=True))
    return np.divide(centred, length, out=centred, where=length > 0)


def _squared(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared distances [len(a), len(b)] between vectors [n, d]."""
    return np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * (a @ b.T)


def order(images: np.ndarray, labels: np.ndarray) -> dict[str, float | None]:
    """Of which share of the images [N, ...] the nearest one of the same class (labels int [N]) lies
    at most NEAR places away, `near`, and which it would be if places said nothing, `near_by_chance`
    (None where no class has two images); NEAR is `near_places`. At most ASKED of them are asked,
    evenly spaced."""
    places = np.arange(len(labels))
    asked = places[:: -(-len(places) // ASKED)]
    near, chance = [np.zeros(0)], [np.zeros(0)]
    for label in np.unique(labels[asked]):
        others, queries = places[labels == label], asked[labels[asked] == label]
        if len(others) > 1:
            distances = _squared(_flat(images[queries]), _flat(images[others]))
            distances[queries[:, None] == others] = np.inf
            within = np.abs(queries[:, None] - others) <= NEAR
            near.append(within[np.arange(len(queries)), distances.argmin(axis=1)])
            # An image is not among the others.
            chance.append((within.sum(axis=1) - 1) / (len(others) - 1))
    found = np.concatenate(near), np.concatenate(chance)
    shares = [float(of.mean()) if len(of) else None for of in found]
    return {"near_places": NEAR} | dict(zip(("near", "near_by_chance"), shares, strict=True))


def _flat(images: np.ndarray) -> np.ndarray:
    """Images as vectors [N, d] of values from 0 to 1."""
    return images.reshape(len(images), -1) / np.float32(255)
