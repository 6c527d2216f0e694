"""The raw files of a finished study as an auditor reads them, and how a table is held against what
was computed anew from them.

Nothing of `stages/` is imported here or in any other module audited_*.py, so that no mistake there
is made twice.
"""

import csv
import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

# In place of a value: a text that is no number and no name of a rung, and is not made anew.
TEXT = object()
# Two computations of one number differ by their roundings.
CLOSE, FLOOR = 1e-9, 1e-11


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV, every cell as it is written."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def columns(path: Path) -> list[str]:
    """The head of a CSV."""
    with open(path, encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def number(text: str) -> float:
    """A cell's number; not a number where it is empty."""
    return float(text) if text else math.nan


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Run:
    """What training left of a rung, or a combination of its networks, and the true classes: `truth`
    of the test images, `validated` those of the first network's validation images."""

    folder: Path
    truth: np.ndarray
    validated: np.ndarray

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        with np.load(self.folder / "predictions.npz") as file:
            return dict(file)

    @cached_property
    def recipe(self) -> dict:
        return read(self.folder / "recipe.json")

    @cached_property
    def history(self) -> list[dict[str, str]]:
        return rows(self.folder / "history.csv")

    @property
    def predicted(self) -> np.ndarray:
        """Softmax outputs [members, n, classes]; of a diverged network all alike."""
        return known(self.arrays["test_predictions"])

    @property
    def diverged(self) -> np.ndarray:
        return ~np.isfinite(self.arrays["test_predictions"]).all(axis=(1, 2))

    @cached_property
    def right(self) -> np.ndarray:
        """Which test images each network classifies correctly: bools [members, n]."""
        return self.predicted.argmax(axis=2) == self.truth

    @property
    def full(self) -> int:
        """So many of the first test images fill whole batches; none for an ensemble."""
        batch = self.recipe.get("budget", {}).get("batch_size")
        return len(self.truth) // batch * batch if batch else 0


def known(softmax: np.ndarray) -> np.ndarray:
    """Softmax outputs, where those that are not numbers say that every class is as likely."""
    share = np.float32(1 / softmax.shape[-1])
    return np.where(np.isfinite(softmax), softmax, share)


@dataclass(frozen=True)
class Study:
    """A finished study: the folder of its runs, that of its page, and per data set the folder of
    its images and classes."""

    runs: Path
    page: Path
    data: dict[str, Path]
    _kept: dict = field(default_factory=dict)

    @cached_property
    def said(self) -> dict:
        """What the study asks for."""
        return read(self.runs / "study.json")

    @property
    def datasets(self) -> list[str]:
        return self.said["datasets"]

    @property
    def trained(self) -> list[str]:
        return self.said["ladder"] + self.said["beside"]

    @property
    def combined(self) -> dict[str, str]:
        """Of each ensemble the rung whose networks it combines."""
        return {each["name"]: each["of"] for each in self.said["ensembles"]}

    @property
    def rungs(self) -> list[str]:
        return [*self.trained, *self.combined]

    def stops(self, rung: str) -> bool:
        """Whether a rung's networks may stop early."""
        return "stopping" in self.said["techniques"][rung]

    def run(self, dataset: str, rung: str) -> Run:
        if (dataset, rung) not in self._kept:
            folder = self.runs / dataset / rung
            truth, validated = (self._labels(dataset, part) for part in ("test", "train"))
            with np.load(folder / "predictions.npz") as file:
                # An ensemble has none of its own.
                index = file["validation_index"][0] if "validation_index" in file else []
            self._kept[dataset, rung] = Run(folder, truth, validated[index])
        return self._kept[dataset, rung]

    def _labels(self, dataset: str, part: str) -> np.ndarray:
        return np.load(self.data[dataset] / f"{part}_labels.npy")

    def classes(self, dataset: str) -> list[str]:
        return read(self.data[dataset] / "classes.json")["names"]


def differences(name: str, path: Path, expected: list[dict]) -> tuple[list[str], int]:
    """In what a CSV differs from the rows that were expected, each cell in a line; and how many of
    its values were held against one that was computed or read anew."""
    found = rows(path)
    if len(found) != len(expected):
        return [f"{name}: {len(found)} rows, not {len(expected)}"], 0
    if expected and columns(path) != list(expected[0]):
        odd = set(columns(path)) ^ set(expected[0])
        return [f"{name}: columns that were not audited, or are missing: {sorted(odd)}"], 0
    wrong, checked = [], 0
    for place, (cells, values) in enumerate(zip(found, expected, strict=True)):
        for column, value in values.items():
            if value is TEXT:
                continue
            checked += 1
            if not same(cells[column], value):
                wrong.append(f"{name}, row {place}, {column}: {cells[column]!r}, not {value!r}")
    return wrong, checked


def same(cell: str, value: object) -> bool:
    """Whether a cell says a value: a number but for rounding, nothing for None and nan, a text to
    the letter."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return cell == ""
    if isinstance(value, bool | str):
        return cell == str(value)
    return cell != "" and bool(np.isclose(float(cell), float(value), rtol=CLOSE, atol=FLOOR))
