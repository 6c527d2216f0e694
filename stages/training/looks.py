"""When one looks inside a network that is trained, and what has been seen so far.

Nothing that is trained depends on a look: it works on a copy, in training mode but without dropout,
of the first training images as they are, without augmentation and without the penalty.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from stages.training import diagnostics
from stages.training.member import Data
from stages.training.step import Step

# After so many updates one looks, and at the start and the end: twelve times at most. About evenly
# on a logarithmic scale, because most that decides whether a network learns happens early.
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
START, TRAINING, END = "start", "training", "end"


class Looks:
    """What was seen of one member's network, as rows (`layers`, `histograms`: diagnostics.py), the
    seconds that it took, and how many of these passed `within` the training."""

    def __init__(self, learner: Step, data: Data, member: int):
        self.learner, self.data, self.member = learner, data, member
        self.layers: list[dict] = []
        self.histograms: list[dict] = []
        self.seconds = self.within = 0.0

    def look(self, moment: str, step: int, before: list | None = None) -> None:
        """Note what the layers make of the first training images after so many updates; `before`
        are the weights before the last of them."""
        began, learner = time.monotonic(), self.learner
        images, targets = self.data.first(diagnostics.IMAGES)
        shown = learner.scaled(images), targets
        binned = self.member == 0 and moment != TRAINING
        of = learner.network, learner.logits, learner.task.loss
        layers, bins = diagnostics.layers(*of, *shown, binned=binned, before=before)
        self.layers += [{"member": self.member, "moment": moment, "step": step} | r for r in layers]
        self.histograms += [{"member": self.member, "moment": moment} | row for row in bins]
        took = time.monotonic() - began
        self.seconds += took
        self.within += took if moment == TRAINING else 0.0

    @contextmanager
    def update(self, step: int) -> Iterator[None]:
        """Look at what update number `step`, which is taken within, does, where it is one of
        STEPS."""
        if step not in STEPS:
            yield
            return
        before = diagnostics.weights_of(self.learner.network)
        yield
        self.look(TRAINING, step, before)

    def state(self) -> dict:
        """What was seen within the training; what was at its start is seen again by whoever goes
        on."""
        within = [row for row in self.layers if row["moment"] == TRAINING]
        return {"layers": within, "seconds": self.within}

    def restore(self, state: dict) -> None:
        """Go on from a state."""
        self.layers = [row for row in self.layers if row["moment"] == START] + state["layers"]
        self.seconds += state["seconds"] - self.within
        self.within = state["seconds"]
