"""Fetch a data set's official files, verify and decode them: `data/raw/{dataset}.npz`, images as uint8 [N, H, W, C]."""

import importlib
import tempfile
from pathlib import Path

import numpy as np

from stages import command, files
from stages.command import Problem
from stages.study.options import allowed
from stages.study.study import known_datasets


def main(dataset: str, raw: Path) -> None:
    """Write the decoded data set named `dataset` to `raw` (.npz). Raises Problem for a name without a module in stages/datasets/."""
    if dataset not in known_datasets():
        raise Problem(f"--dataset: {dataset!r} is not a data set; {allowed(dataset, known_datasets())}")
    raw.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{dataset}-", suffix=".partial", dir=raw.parent) as folder:
        loaded = importlib.import_module(f"stages.datasets.{dataset}").load(Path(folder))
    files.write_arrays(
        raw,
        compress=False,  # photographs hardly get smaller, and it would take longer than all the rest
        train_images=loaded.train_images,
        train_labels=loaded.train_labels,
        test_images=loaded.test_images,
        test_labels=loaded.test_labels,
        classes=np.array(loaded.classes),
        source=np.array(loaded.source),
    )


if __name__ == "__main__":
    command.run(main)
