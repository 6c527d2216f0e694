"""Trainings that take their steps in turn, so that a device works on several of them at once: a
small network alone leaves most of a GPU idle.

Each computes what it would alone, to the byte: they share the images, and nothing else.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager

import torch

from stages.compute.cuda_graph import FIRST_STEPS
from stages.compute.lanes import OneLane
from stages.training.member import Member

# Yields where others may go on, and returns what has been trained.
Steps = Generator[None, None, Member]


class Clock:
    """The seconds that pass for each of several that share them: their sum is what passes."""

    def __init__(self):
        self.passed, self.sharing, self.read = 0.0, 1, time.monotonic()

    def __call__(self) -> float:
        now = time.monotonic()
        self.passed += (now - self.read) / self.sharing
        self.read = now
        return self.passed

    def share(self, count: int) -> None:
        """From now on so many share."""
        self()
        self.sharing = max(count, 1)


def results(begin: Sequence[Callable[[], Steps]], lanes: OneLane, clock: Clock) -> list[Member]:
    """What each of the trainings that `begin` begins returns, in their order.

    One that runs out of memory beside others is begun again when one of these is done; raises
    torch.OutOfMemoryError where one alone does.
    """
    run = _Run(begin, lanes, clock)
    while run.waiting or run.running:
        run.fill()
        for number in list(run.running):
            run.advance(number)
    lanes.all_done()
    return [run.results[number] for number in range(len(begin))]


class _Run:
    """Trainings by their number: which wait, which run in which lane, and what came out."""

    def __init__(self, begin: Sequence[Callable[[], Steps]], lanes: OneLane, clock: Clock):
        self.begin, self.lanes, self.clock = begin, lanes, clock
        self.waiting, self.most, self.full = deque(range(len(begin))), len(begin), False
        self.running: dict[int, tuple[Steps, AbstractContextManager]] = {}
        self.results: dict[int, Member] = {}

    def fill(self) -> None:
        """Begin those that there is room for."""
        while self.waiting and not self.full:
            count = len(self.running)
            if count >= self.most or not self.lanes.room(count):
                self.full = True
                return
            number = self.waiting.popleft()
            self.running[number] = self.begin[number](), self.lanes.lane()
            self.clock.share(count + 1)
            # Beyond what is recorded: then it is known what a training takes.
            self.advance(number, FIRST_STEPS + 2)

    def advance(self, number: int, steps: int = 1) -> None:
        """Let one take so many steps; note its result, where it is done."""
        training, lane = self.running[number]
        try:
            with lane:
                for _ in range(steps):
                    next(training)
        except StopIteration as done:
            self.results[number] = done.value
            self._leave(number)
        except torch.OutOfMemoryError:
            self._leave(number)
            if not self.running:
                raise
            # It goes on from where its state was kept.
            self.waiting.appendleft(number)
            self.most = len(self.running)

    def _leave(self, number: int) -> None:
        del self.running[number]
        self.clock.share(len(self.running))
        self.full = False
