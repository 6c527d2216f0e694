"""Put a data set into the form that training maps into memory, and measure its pixels.

Images stay uint8 and in their official order, [N, C, H, W]; validation images are the last ones of the training images, taken off by
whoever trains. Test labels get a file of their own, which only `evaluate` may read.
"""

from pathlib import Path

import numpy as np

from stages import command, files


def main(raw: Path, train_images: Path, train_labels: Path, test_images: Path, test_labels: Path, statistics: Path, classes: Path) -> None:
    """Split `raw` (.npz) into images and labels (.npy), the `statistics` of the training images and the `classes`' names (JSON)."""
    with np.load(raw) as data:
        images = np.ascontiguousarray(data["train_images"].transpose(0, 3, 1, 2))
        files.write_array(train_images, images)
        files.write_array(train_labels, data["train_labels"].astype(np.int64))
        files.write_array(test_images, np.ascontiguousarray(data["test_images"].transpose(0, 3, 1, 2)))
        files.write_array(test_labels, data["test_labels"].astype(np.int64))
        files.write_json(statistics, pixel_statistics(images))
        files.write_json(classes, {"names": data["classes"].tolist(), "source": str(data["source"])})


def pixel_statistics(images: np.ndarray) -> dict:
    """What each function of the slot `scaling` needs to know of the training images (uint8, any shape), by its name.

    `zero_centered` as in deck 001: the mean over all pixels, and the maximum of what is left when it is subtracted.
    """
    mean = float(images.mean(dtype=np.float64))
    return {"zero_centered": {"mean": mean, "maximum": float(images.max()) - mean}}


if __name__ == "__main__":
    command.run(main)
