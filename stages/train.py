"""Train all members of one rung: one job, so that start-up is paid once."""

from pathlib import Path

from stages import command, files, lease


def main(
    recipe: Path,
    train_images: Path,
    train_labels: Path,
    test_images: Path,
    statistics: Path,
    classes: Path,
    run: Path,
) -> None:
    """Carry out `recipe` (JSON) and write the folder `run`: weights, history, predictions, and the record of what made them.

    Raises Problem where the recipe's device is not there, its memory is too small, or a batch is larger than the training set.
    """
    resolved = files.read_json(recipe)
    images = {"train_images": train_images, "train_labels": train_labels, "test_images": test_images}
    with lease.gpu(resolved["device"]) as leased:
        # Not before the lease: torch takes the GPUs that it sees first, and a job that waits for one needs no memory yet.
        from stages.members import train_rung

        train_rung(resolved, {**images, "statistics": statistics, "classes": classes}, run, leased)
    # Last, because it is what tells that the run is the recipe's.
    files.write(run / "recipe.json", recipe.read_text())


if __name__ == "__main__":
    command.run(main)
