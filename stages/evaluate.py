"""Score a rung's predictions against the test targets: the only stage that reads them."""

from pathlib import Path

import numpy as np

from stages import command, files
from stages.scoring import rung, tasks

# The tables that a task may fill; one that it has nothing for has its header alone, so that every rung has the same files.
TABLES = {
    "per_class": ["class", "images", "precision", "recall"],
    "confusion": ["truth", "prediction", "count"],
    "calibration": ["low", "high", "count", "confidence", "accuracy"],
}


def main(
    recipe: Path, predictions: Path, test_images: Path, test_labels: Path, classes: Path, run: Path
) -> None:
    """Write into the folder `run`: metrics.json, members.csv, curve.csv, robustness.csv, the task's
    tables (per_class.csv, confusion.csv, calibration.csv), scores.npz (`scores` [members, n]: of
    every test image; for classification whether it is correctly classified) and images.npz.

    images.npz holds the test images [k, C, H, W] that the page may show, with what the task says of
    them: all of the truth that the report needs to see.
    """
    task, names = tasks.load(files.read_json(recipe)["task"]), files.read_json(classes)["names"]
    shown = np.load(test_images, mmap_mode="r")
    targets = task.targets(shown, np.load(test_labels))
    with np.load(predictions) as data:
        predicted = {name: data[name] for name in data.files}
    of_members = predicted["test_predictions"]
    score, scores, tables = (
        task.SCORE.name,
        rung.scores(task, of_members, targets),
        task.tables(of_members, targets, names),
    )
    members = rung.members(task, of_members, targets, scores)
    for name, columns in TABLES.items():
        files.write_rows(run / f"{name}.csv", columns, tables.get(name, []))
    files.write_rows(run / "members.csv", ["member", score, "loss", "diverged"], members)
    files.write_rows(
        run / "curve.csv", ["series", "step", score], rung.curve(task, predicted, targets)
    )
    transformed = ["transform", "unit", "amount", "member", "images", score]
    files.write_rows(run / "robustness.csv", transformed, rung.robustness(task, predicted, targets))
    files.write_arrays(run / "scores.npz", scores=scores)
    files.write_arrays(run / "images.npz", **task.examples(of_members, targets, shown))
    files.write_json(
        run / "metrics.json",
        rung.summary(task, members, scores, task.chance(targets, names), tables),
    )


if __name__ == "__main__":
    command.run(main)
