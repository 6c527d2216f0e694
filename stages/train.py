"""Train all members of one rung: one job, so that start-up is paid once."""

from contextlib import ExitStack
from pathlib import Path

from stages import command, files, fingerprint, lease


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

    Raises Problem where the code is no longer the recipe's, the device is not there, its memory is too small, or a batch is larger than the
    training set.
    """
    resolved = files.read_json(recipe)
    fingerprint.refuse_other(resolved, "stages.train")
    images = {"train_images": train_images, "train_labels": train_labels, "test_images": test_images}
    with ExitStack() as held:
        leased = held.enter_context(lease.gpu(resolved["device"]))
        # Not before the lease: torch takes the GPUs that it sees first, and a job that waits for one needs no memory yet.
        from stages import devices
        from stages.members import train_rung

        device = devices.pick(leased, resolved["device"])
        if device.type == "cpu":
            # Where torch can't use the GPU that was leased, other jobs shall not wait for it.
            held.close()
        train_rung(resolved, {**images, "statistics": statistics, "classes": classes}, run, device)


if __name__ == "__main__":
    command.run(main)
