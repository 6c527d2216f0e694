"""Put a data set into the form that training maps into memory, and count which images are alike.

Images stay uint8 and in their official order, [N, C, H, W]; validation images are split off in
training. Test labels get a file of their own, which only `evaluate` may read.
"""

from pathlib import Path

import numpy as np

from stages import command, files, records
from stages.datasets import likeness


def main(raw: Path, normalized: Path) -> None:
    """Split `raw` (.npz) into the folder `normalized`: images and labels (.npy), the classes, and
    what likeness.py says of the images (JSON). Labels that are images are [N, C, H, W], too."""
    code, read = records.code_digest("normalize"), records.read(raw)
    with np.load(raw) as data:
        made = {}
        for part in ("train", "test"):
            images = np.ascontiguousarray(data[f"{part}_images"].transpose(0, 3, 1, 2))
            made[part] = images, _labels(data[f"{part}_labels"])
            for name, array in zip(("images", "labels"), made[part], strict=True):
                files.write_array(normalized / f"{part}_{name}.npy", array)
        files.write_json(
            normalized / "classes.json",
            {"names": data["classes"].tolist(), "source": str(data["source"])},
        )
    files.write_json(normalized / "facts.json", facts(*made["train"], *made["test"]))
    wrote = [normalized / name for name in records.WRITES["normalize"]]
    records.write(normalized / "normalize.json", "normalize", read, wrote, code)


def _labels(labels: np.ndarray) -> np.ndarray:
    """Classes as int64 [N]; classes of pixels as they are, uint8 [N, H, W]; images [N, C, H, W]."""
    if labels.ndim == 1:
        return labels.astype(np.int64)
    return np.ascontiguousarray(labels.transpose(0, 3, 1, 2)) if labels.ndim == 4 else labels


def facts(
    train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray
) -> dict:
    """How many images there are, and which are alike (likeness.py); where labels are classes, also
    whether those near each other are."""
    found = {"train_images": len(train), "test_images": len(test)}
    found |= likeness.near_copies(train, test)
    if train_labels.ndim == 1:
        labels = np.concatenate([train_labels, test_labels])
        found |= likeness.order(np.concatenate([train, test]), labels)
    return found


if __name__ == "__main__":
    command.run(main)
