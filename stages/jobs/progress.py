"""Progress of a training job: a line per epoch in its log, and now and then one on the terminal,
with a bar and the time that is left."""

import time

from stages.command import LOG

EVERY_SECONDS = 5


def bar(share: float, cells: int = 20) -> str:
    """A share of 0 to 1 as text, with no control characters: several jobs write on one terminal."""
    full = int(share * cells)
    return "#" * full + "." * (cells - full)


class Progress:
    """Counts the epochs of all members of a rung. Several jobs may share a terminal, so each
    line says whose it is."""

    def __init__(self, rung: str, members: int, epochs: int):
        self.rung, self.members, self.epochs, self.done, self.resumed = rung, members, epochs, 0, 0
        self.started = self.shown = time.monotonic()
        self.score = ""

    def start(self, training) -> None:
        """Note what epochs are judged by, and count the epochs that a training
        (stages/training/loop.py) brings along, where it goes on from a checkpoint."""
        self.score, epochs = training.task.SCORE, len(training.history)
        self.done += epochs
        self.resumed += epochs
        if epochs or training.step:
            member = f"member {training.member + 1}/{self.members}"
            where = f"after epoch {epochs} of {self.epochs}, from its checkpoint"
            LOG.info(f"{self.rung}: {member} goes on {where}")

    def epoch(self, row: dict) -> None:
        """Count one epoch, whose history row is `row`."""
        self.done += 1
        now, total = time.monotonic(), self.members * self.epochs
        left = (now - self.started) / (self.done - self.resumed) * (total - self.done)
        train, validation = (row[f"{part}_{self.score}"] for part in ("train", "validation"))
        validated = "" if validation is None else f", validation {validation:.3f}"
        line = (
            f"{self.rung} [{bar(self.done / total)}] member {row['member'] + 1}/{self.members}, "
            f"epoch {row['epoch']}/{self.epochs}, "
            f"loss {row['train_loss']:.4f}, train {train:.3f}{validated}, {left:.0f} s left"
        )
        if now - self.shown >= EVERY_SECONDS or self.done == total:
            self.shown = now
            LOG.info(line)
        else:
            LOG.debug(line)
