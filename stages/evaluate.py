"""Score a rung's predictions against the test targets: the only stage that reads them."""

from pathlib import Path

import numpy as np

from stages import command, files, records
from stages.scoring import rung, tasks

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
    task, known = tasks.load(files.read_json(recipe)["task"]), files.read_json(classes)
    names = known["names"]
    shown = np.load(test_images, mmap_mode="r")
    targets = task.targets(shown, np.load(test_labels))
    with np.load(predictions) as data:
        predicted = {name: data[name] for name in data.files}
    of_members = predicted["test_predictions"]
    scores = rung.scores(task, of_members, targets)
    chance = task.chance(targets, names)
    members = rung.members(task, of_members, targets, scores, chance)
    tables = task.tables(of_members[rung.counted(members)], targets, names)
    rows = tables | {
        "members": members,
        "curve": rung.curve(task, predicted, targets),
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
        "members": ["member", score, "loss", "diverged", "learned"],
        "curve": ["series", "step", score],
        "robustness": ["transform", "unit", "amount", "member", "images", score],
    }


if __name__ == "__main__":
    command.run(main)
