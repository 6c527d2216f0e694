"""Super-resolution, scored: predicted images against those that were made smaller."""

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

from stages.scoring.score import Score

SCORE = Score("psnr", digits=2, unit="dB", large=1)
COMBINE = ("mean",)
COLUMNS = {"references": ["method", "psnr", "ssim"]}
WHITE = 255
# As stages/tasks/super_resolution.py keeps them: the first test images.
ON_THE_WAY = 100
SHOWN = 8
# Wang et al. 2004, but for their Gaussian window: an even one of 7 pixels, as scikit-image has it.
WINDOW, STABLE = 7, ((0.01 * WHITE) ** 2, (0.03 * WHITE) ** 2)
METHODS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def targets(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What was to be predicted of uint8 images [n, C, H, W]: the larger ones [n, C, H', W']."""
    return labels


def scores(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """A score per member and image of predictions [..., n, C, H', W'], 0 to 255: the peak
    signal-to-noise ratio in dB, float64 [..., n].

    10 log10(255² / mean squared error), of images as they are shown, in whole numbers; of one
    without an error as if one value were wrong by one.
    """
    least = 1 / np.prod(targets.shape[1:])
    return 10 * np.log10(WHITE**2 / np.maximum(_squares(predictions, targets), least))


def _squares(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The mean squared error of each image, float64 [..., n]."""
    flat = predictions.reshape(-1, *targets.shape)
    of_each = [np.square(_shown(p) - targets.astype(np.float64)) for p in flat]
    means = [square.reshape(len(targets), -1).mean(axis=1) for square in of_each]
    return np.reshape(means, predictions.shape[:-3]).astype(np.float64)


def _shown(predictions: np.ndarray) -> np.ndarray:
    """Predictions as an image has them: whole numbers, float64. Rounded once more, because a mean
    of several members is none."""
    return np.rint(predictions.astype(np.float64))


def ssim(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The structural similarity of images [n, C, H, W], 0 to 255, at most 1, float64 [n]: the mean
    over channels and over all places that a window fits into (Wang et al. 2004)."""
    x, y = _shown(predictions), targets.astype(np.float64)
    mean_x, mean_y = _smoothed(x), _smoothed(y)
    # The variances of a sample of so many pixels.
    sample = WINDOW**2 / (WINDOW**2 - 1)
    of_x, of_y = (_smoothed(v * v) - m * m for v, m in ((x, mean_x), (y, mean_y)))
    of_both = _smoothed(x * y) - mean_x * mean_y
    light, contrast = STABLE
    similar = (2 * mean_x * mean_y + light) * (2 * sample * of_both + contrast)
    unlike = (mean_x**2 + mean_y**2 + light) * (sample * (of_x + of_y) + contrast)
    inside = slice(WINDOW // 2, -(WINDOW // 2))
    return (similar / unlike)[..., inside, inside].mean(axis=(1, 2, 3))


def _smoothed(values: np.ndarray) -> np.ndarray:
    return uniform_filter(values, size=(1, 1, WINDOW, WINDOW))


def loss(predictions: np.ndarray, targets: np.ndarray) -> float:
    """The mean squared error of one member's predictions, of values 0 black to 1 white."""
    return float(_squares(predictions, targets).mean() / WHITE**2)


def condensed(predictions: np.ndarray) -> np.ndarray:
    """What is kept of predictions [n, C, H', W'] along a curve: those of the first images."""
    return predictions[:ON_THE_WAY]


def curve_scores(condensed: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The scores of condensed predictions [points, k, C, H', W']: float64 [points, k]."""
    return scores(condensed, targets[: condensed.shape[1]])


def references(images: np.ndarray, targets: np.ndarray) -> list[dict]:
    """What enlarging without learning reaches: a row for each of Pillow's filters."""
    rows = []
    for name, method in METHODS.items():
        made = np.stack([_enlarged(image, targets.shape[2:], method) for image in images])
        row = {"method": name, "psnr": float(scores(made, targets).mean())}
        rows.append(row | {"ssim": float(ssim(made, targets).mean())})
    return rows


def _enlarged(image: np.ndarray, sides: tuple[int, int], method: Image.Resampling) -> np.ndarray:
    """A uint8 image [C, H, W] as large as `sides` (H', W')."""
    channels = [Image.fromarray(channel).resize(sides[::-1], method) for channel in image]
    return np.stack([np.asarray(channel) for channel in channels])


def tables(predictions: np.ndarray, targets: np.ndarray, names: list[str]) -> dict[str, list[dict]]:
    """No table of the page's: what `metrics` says, of predictions [members, n, C, H', W'] that are
    numbers."""
    known = [of for of in predictions if np.isfinite(of).all()]
    return {"similar": [{"ssim": float(ssim(of, targets).mean())} for of in known]}


def metrics(tables: dict[str, list[dict]]) -> dict[str, float | None]:
    """What stands in metrics.json beside score and loss: the mean structural similarity."""
    found = [row["ssim"] for row in tables["similar"]]
    return {"ssim": float(np.mean(found)) if found else None}


def examples(
    predictions: np.ndarray, targets: np.ndarray, images: np.ndarray
) -> dict[str, np.ndarray]:
    """The first test images, as they were, and as the first member predicts them, uint8
    [k, C, H', W']."""
    shown = slice(SHOWN)
    made = np.nan_to_num(predictions[0, shown].astype(np.float64)).clip(0, WHITE)
    return {
        "index": np.arange(min(SHOWN, len(images))),
        "images": np.array(images[shown]),
        "truth": targets[shown],
        "predicted": np.rint(made).astype(np.uint8),
    }
