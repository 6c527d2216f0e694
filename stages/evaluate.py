"""Score a rung's predictions against the test targets: the only stage that reads them."""

from pathlib import Path

import numpy as np

from stages import command, files, records
from stages.scoring import blocks, full_batches, rung, tasks
from stages.scoring.full_batches import FULL

# The tables that a task may fill, with columns of its own where it says so; one that it has nothing
# for has its header alone, so that every rung has the same files.
TABLES = {
    "per_class": ["class", "images", "precision", "recall"],
    "confusion": ["truth", "prediction", "count"],
    "calibration": ["low", "high", "count", "confidence", "accuracy"],
    "references": ["method"],
}


def main(
    recipe: Path,
    predictions: Path,
    test_images: Path,
    test_labels: Path,
    classes: Path,
    facts: Path,
    run: Path,
) -> None:
    """Write into the folder `run`: metrics.json, members.csv, curve.csv, robustness.csv, the task's
    tables (per_class.csv, confusion.csv, calibration.csv; references.csv: what methods reach that
    learn nothing), scores.npz (`scores` [members, n]: of every test image; for classification
    whether it is correctly classified), images.npz, and data.json: the data set's `facts`, and what
    blocks.py says of the test images.

    images.npz holds the test images [k, C, H, W] that the page may show, with their predictions and
    all true labels that the report needs, and where the images are from (`source`).
    """
    code = records.code_digest("evaluate")
    read = records.read(recipe, predictions, test_images, test_labels, classes, facts)
    made_by, known = files.read_json(recipe), files.read_json(classes)
    with np.load(predictions) as data:
        predicted = {name: data[name] for name in data.files}
    shown = np.load(test_images, mmap_mode="r")
    targets = tasks.load(made_by["task"]).targets(shown, np.load(test_labels))
    _write(made_by, predicted, shown, targets, known, files.read_json(facts), run)
    wrote = [run / name for name in records.WRITES["evaluate"]]
    records.write(run / "evaluate.json", "evaluate", read, wrote, code)


def _write(
    made_by: dict,
    predicted: dict[str, np.ndarray],
    images: np.ndarray,
    targets: np.ndarray,
    known: dict,
    facts: dict,
    run: Path,
) -> None:
    """Score what a recipe `predicted` of the test images, of whose data set the classes and their
    source are `known`, and write all files of `run`."""
    task, names = tasks.load(made_by["task"]), known["names"]
    of_members = predicted["test_predictions"]
    scores = rung.scores(task, of_members, targets)
    chance, full = task.chance(targets, names), full_batches.count(made_by, targets)
    members = full_batches.members(task, of_members, targets, scores, chance, full)
    counted = rung.counted(members)
    tables = task.tables(of_members[counted], targets, names)
    rows = {
        "members": members,
        "curve": full_batches.curve(task, predicted, targets, full),
        "robustness": rung.robustness(task, predicted, targets),
        "references": task.references(images, targets),
    }
    for name, columns in (TABLES | task.COLUMNS | _scored(task.SCORE.name)).items():
        files.write_rows(run / f"{name}.csv", columns, (tables | rows).get(name, []))
    files.write_arrays(run / "scores.npz", scores=scores)
    examples = task.examples(of_members, targets, images)
    files.write_arrays(run / "images.npz", **examples, source=np.array(known["source"]))
    files.write_json(run / "data.json", facts | blocks.effect(scores[counted]))
    summary = rung.summary(task, members, scores, chance, tables)
    files.write_json(run / "metrics.json", summary)


def _scored(score: str) -> dict[str, list[str]]:
    """The columns of the tables that every task fills, by the name of its score."""
    return {
        "members": [
            *("member", score, "loss", "diverged", "learned"),
            *(of + FULL for of in (score, "loss")),
        ],
        "curve": ["series", "step", score, score + FULL],
        "robustness": ["transform", "unit", "amount", "member", "images", score],
    }


if __name__ == "__main__":
    command.run(main)
