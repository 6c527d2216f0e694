"""Who watches a rung being trained: its log always, TensorBoard where the study asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.jobs.progress import Progress


class Watching:
    """The watchers of a rung's members, one progress for all of them, and event files for each
    where `tensorboard` is asked for."""

    def __init__(self, technique: str, members: int, epochs: int, tensorboard: Path | None):
        self.progress, self.tensorboard = Progress(technique, members, epochs), tensorboard

    @contextmanager
    def __call__(self, member: int, resumed: bool) -> Iterator[list]:
        """Those who are told how the training of a member goes; `resumed` says whether it
        goes on from a checkpoint."""
        if self.tensorboard is None:
            yield [self.progress]
            return
        # Imported by those alone who ask for it: it takes as long as torch.
        from stages.jobs.tensorboard import Events

        with Events(self.tensorboard / f"member-{member}", fresh=not resumed) as events:
            yield [self.progress, events]
