"""Where trainings that run side by side on one device do their work, and for how many of them there
is room.

The one place that knows of CUDA streams beside the recording of a step; a CPU has one lane.
"""

from contextlib import AbstractContextManager, nullcontext

import torch

# A training is given this many times the memory that its first steps took: predicting takes some,
# too.
ROOM = 2


class OneLane:
    """The lane of a device that does one thing at a time."""

    several = False

    def room(self, running: int) -> bool:
        """Whether one more training has room beside so many that run."""
        return running == 0

    def lane(self) -> AbstractContextManager:
        """A new lane: what is done within does not wait for what is done in others."""
        return nullcontext()

    def all_done(self) -> None:
        """Wait until all lanes have done what they were given."""


class Streams(OneLane):
    """Lanes of a GPU: a stream each, as many as its memory is known to hold."""

    several = True

    def __init__(self, device: torch.device):
        self.device = device
        self.free = self._free()
        self.least = self.free

    def room(self, running: int) -> bool:
        """Whether as much memory is free as `ROOM` times what one of those that run has taken."""
        self.least = min(self.least, free := self._free())
        return running == 0 or free >= ROOM * (self.free - self.least) / running

    def lane(self) -> AbstractContextManager:
        """A stream that begins when all that has been asked for so far is done."""
        stream = torch.cuda.Stream(self.device)
        stream.wait_stream(torch.cuda.current_stream(self.device))
        return torch.cuda.stream(stream)

    def all_done(self) -> None:
        """Wait for all streams of the device."""
        torch.cuda.synchronize(self.device)

    def _free(self) -> int:
        # What torch keeps of trainings that are done is free.
        torch.cuda.empty_cache()
        return torch.cuda.mem_get_info(self.device)[0]


def lanes(device: torch.device) -> OneLane:
    """The lanes of a device."""
    return Streams(device) if device.type == "cuda" else OneLane()
