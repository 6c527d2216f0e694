"""Fetch a data set's official files, or read one's own, verify and decode them, and select what its
recipe says: `data/raw/{dataset}.npz`, images as uint8 [N, H, W, C]."""

import importlib
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from stages import command, files, records
from stages.command import Problem
from stages.datasets import Raw, kept
from stages.study import data, folders
from stages.study.options import allowed
from stages.study.study import known_datasets


def main(
    dataset: str,
    raw: Path,
    recipe: Path | None = None,
    made_by: Path | None = None,
    official: Path | None = None,
) -> None:
    """Write the data set that `recipe` (JSON) describes to `raw` (.npz), and the record of that to
    `made_by`; without a recipe the official data set named `dataset`.

    Official files stay in the folder `official`, where one is given. Raises Problem for a name
    without a module in stages/datasets/, and for a selection that the data set can't fill.
    """
    code, read = records.code_digest("download"), records.read(*([recipe] if recipe else []))
    resolved = _resolved(dataset, recipe)
    loaded = _own(resolved) if "files" in resolved else _load(resolved["of"], raw, official)
    _write(loaded if data.is_plain(resolved) else _selected(loaded, resolved), raw)
    if made_by is not None:
        records.write(made_by, "download", read, [raw], code)


def _resolved(dataset: str, recipe: Path | None) -> dict:
    """What is to be made: what a recipe says, where the code is still its own; or the data set."""
    resolved = {"of": dataset} if recipe is None else files.read_json(recipe)
    if resolved["of"] not in known_datasets():
        text = f"{resolved['of']!r} is not a data set; {allowed(resolved['of'], known_datasets())}"
        raise Problem(f"--dataset: {text}")
    if recipe is None:
        data.refuse_bare(dataset)
        return data.recipe_of(dataset)
    data.refuse_other(resolved)
    return resolved


def _selected(loaded: Raw, options: dict) -> Raw:
    # Only here, because Pillow is needed for nothing else.
    from stages.datasets import selection

    return selection.select(loaded, data.selection(options))


def _own(resolved: dict) -> Raw:
    """One's own images, where the folder's are still those of the recipe."""
    folders.refuse_other(resolved["path"], resolved["files"])
    module = importlib.import_module(f"stages.datasets.{resolved['of']}")
    return module.load(Path(resolved["path"]), resolved)


def _load(of: str, raw: Path, official: Path | None) -> Raw:
    raw.parent.mkdir(parents=True, exist_ok=True)
    place: AbstractContextManager = tempfile.TemporaryDirectory(
        prefix=f".{of}-", suffix=".partial", dir=raw.parent
    )
    module = importlib.import_module(f"stages.datasets.{of}")
    source = getattr(module, "OFFICIAL", of)
    with place if official is None else kept.folder(official, source) as folder:
        return module.load(Path(folder))


def _write(loaded: Raw, raw: Path) -> None:
    files.write_arrays(
        raw,
        # Photographs hardly get smaller, and it would take longer than all the rest.
        compress=False,
        train_images=loaded.train_images,
        train_labels=loaded.train_labels,
        test_images=loaded.test_images,
        test_labels=loaded.test_labels,
        classes=np.array(loaded.classes),
        source=np.array(loaded.source),
    )


if __name__ == "__main__":
    command.run(main)
