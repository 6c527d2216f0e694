"""When the state of a training is kept, so that it can go on from there."""

import time
from collections.abc import Callable
from typing import Protocol

# A state is kept at the end of an epoch where the last one is this many seconds old, and
# within a long epoch after so many.
BETWEEN_EPOCHS, WITHIN_AN_EPOCH = 1, 50
# Where writing one takes long, it is kept so much more seldom that it takes a twentieth of the
# time, but at least after so many seconds.
SHARE_OF_TIME, AT_LEAST_AFTER = 1 / 20, 5


class Resumable(Protocol):
    """A training whose state can be kept, and the seconds that it has taken so far."""

    seconds: float

    @property
    def ended(self) -> bool:
        """Whether it is over."""

    def state(self) -> dict:
        """All that the rest of it depends on."""


class Keeping:
    """Gives `save` a training's state from time to time, and adds up the training's seconds."""

    def __init__(self, training: Resumable, save: Callable[[dict], None]):
        self.training, self.save = training, save
        self.kept, self.took = time.monotonic(), 0.0

    def after_step(self) -> None:
        """Keep the state within a long epoch."""
        self._keep(WITHIN_AN_EPOCH)

    def after_epoch(self) -> None:
        """Keep the state after an epoch; always after the last one."""
        seldom = max(BETWEEN_EPOCHS, min(self.took / SHARE_OF_TIME, AT_LEAST_AFTER))
        self._keep(0 if self.training.ended else seldom)

    def _keep(self, after_seconds: float) -> None:
        now = time.monotonic()
        if now - self.kept >= after_seconds:
            self.training.seconds += now - self.kept
            self.save(self.training.state())
            self.kept, self.took = now, time.monotonic() - now
