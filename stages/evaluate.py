"""Score a rung's predictions against the test targets: the only stage that reads them."""

from pathlib import Path

import numpy as np

from stages import command, files, records
from stages.scoring import full_batches, rung, tasks
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
    recipe: Path, predictions: Path, test_images: Path, test_labels: Path, classes: Path, run: Path
) -> None:
    """Write into the folder `run`: metrics.json, members.csv, curve.csv, robustness.csv, the task's
    tables (per_class.csv, confusion.csv, calibration.csv; references.csv: what methods reach that
    learn nothing), scores.npz (`scores` [members, n]: of every test image; for classification
    whether it is correctly classified) and images.npz.

    images.npz holds the test images [k, C, H, W] that the page may show, with their predictions and
    all true labels that the report needs, and where the images are from (`source`).
    """
    code = records.code_digest("evaluate")
    read = records.read(recipe, predictions, test_images, test_labels, classes)
    made_by, known = files.read_json(recipe), files.read_json(classes)
    task = tasks.load(made_by["task"])
    names = known["names"]
    shown = np.load(test_images, mmap_mode="r")
    targets = task.targets(shown, np.load(test_labels))
    with np.load(predictions) as data:
        predicted = {name: data[name] for name in data.files}
    of_members = predicted["test_predictions"]
    scores = rung.scores(task, of_members, targets)
    chance, full = task.chance(targets, names), full_batches.count(made_by, targets)
    members = full_batches.members(task, of_members, targets, scores, chance, full)
    tables = task.tables(of_members[rung.counted(members)], targets, names)
    rows = tables | {
        "members": members,
        "curve": full_batches.curve(task, predicted, targets, full),
        "robustness": rung.robustness(task, predicted, targets),
        "references": task.references(shown, targets),
    }
    for name, columns in (TABLES | task.COLUMNS | _scored(task.SCORE.name)).items():
        files.write_rows(run / f"{name}.csv", columns, rows.get(name, []))
    files.write_arrays(run / "scores.npz", scores=scores)
    examples = task.examples(of_members, targets, shown)
    files.write_arrays(run / "images.npz", **examples, source=np.array(known["source"]))
    summary = rung.summary(task, members, scores, chance, tables)
    files.write_json(run / "metrics.json", summary)
    wrote = [run / name for name in records.WRITES["evaluate"]]
    records.write(run / "evaluate.json", "evaluate", read, wrote, code)


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
