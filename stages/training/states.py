"""When the state of a training is kept, so that it can go on from there after it was cut off."""

import time
from collections.abc import Callable

# A state is kept at the end of an epoch where the last one is this many seconds old, and
# within a long epoch after so many.
BETWEEN_EPOCHS, WITHIN_AN_EPOCH = 1, 50
# Where writing one takes long, it is kept so much more seldom that it takes a twentieth of the
# time, but at least after so many seconds.
SHARE_OF_TIME, AT_LEAST_AFTER = 1 / 20, 5


class States:
    """Keeps the states of a training by `save`, and counts the seconds that it takes by `clock`."""

    def __init__(self, training, save: Callable[[dict], None], clock: Callable[[], float]):
        self.training, self.save, self.clock = training, save, clock
        self.kept, self.took, self.counted = time.monotonic(), 0.0, clock()

    @property
    def seldom_enough(self) -> float:
        """After how many seconds the next is kept between epochs."""
        return max(BETWEEN_EPOCHS, min(self.took / SHARE_OF_TIME, AT_LEAST_AFTER))

    def keep(self, after_seconds: float) -> None:
        """Keep the state, where the last one is so old."""
        now = time.monotonic()
        if now - self.kept >= after_seconds:
            passed = self.clock()
            self.training.seconds += passed - self.counted
            self.save(self.training.state())
            self.kept, self.took, self.counted = now, time.monotonic() - now, passed
