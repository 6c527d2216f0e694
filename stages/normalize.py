"""Put a data set into the form that training maps into memory, and measure its pixels.

Images stay uint8 and in their official order, [N, C, H, W]; validation images are the last ones of
the training images, split off in training. Test labels get a file of their own, which only
`evaluate` may read.
"""

from pathlib import Path

import numpy as np

from stages import command, files, records


def main(raw: Path, normalized: Path) -> None:
    """Split `raw` (.npz) into the folder `normalized`: images and labels (.npy), the training
    images' statistics and the classes (JSON). Labels that are images are [N, C, H, W], too."""
    code, read = records.code_digest("normalize"), records.read(raw)
    with np.load(raw) as data:
        images = np.ascontiguousarray(data["train_images"].transpose(0, 3, 1, 2))
        files.write_array(normalized / "train_images.npy", images)
        files.write_array(normalized / "train_labels.npy", _labels(data["train_labels"]))
        files.write_array(
            normalized / "test_images.npy",
            np.ascontiguousarray(data["test_images"].transpose(0, 3, 1, 2)),
        )
        files.write_array(normalized / "test_labels.npy", _labels(data["test_labels"]))
        files.write_json(normalized / "statistics.json", pixel_statistics(images))
        files.write_json(
            normalized / "classes.json",
            {"names": data["classes"].tolist(), "source": str(data["source"])},
        )
    wrote = [normalized / name for name in records.WRITES["normalize"]]
    records.write(normalized / "normalize.json", "normalize", read, wrote, code)


def _labels(labels: np.ndarray) -> np.ndarray:
    """Classes as int64 [N]; classes of pixels as they are, uint8 [N, H, W]; images [N, C, H, W]."""
    if labels.ndim == 1:
        return labels.astype(np.int64)
    return np.ascontiguousarray(labels.transpose(0, 3, 1, 2)) if labels.ndim == 4 else labels


def pixel_statistics(images: np.ndarray) -> dict:
    """The statistics of the training images (uint8, any shape) that each function of the slot
    `scaling` needs, by its name.

    `zero_centered` as in deck 001: the mean over all pixels, and the maximum once it is subtracted.
    """
    mean = float(images.mean(dtype=np.float64))
    return {"zero_centered": {"mean": mean, "maximum": float(images.max()) - mean}}


if __name__ == "__main__":
    command.run(main)
