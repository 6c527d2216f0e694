"""A training step recorded once and played again: launching the kernels of a small network one by
one takes a GPU longer than running them.

The one place that knows of CUDA graphs; on other devices nothing is recorded.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Generator, Tensor

# Steps before the recording: kernels are chosen, and the optimizer makes
# its state, in the first ones.
FIRST_STEPS = 3


class NotRecordable(Exception):
    """A step can't be recorded; says why. What takes it can't go on."""


class Captured:
    """`step(index)`, whose work depends on the content of `index` [B] alone and changes only
    tensors that stay where they are.

    The first steps are taken as they are; the next is recorded, and from then on played.
    `generators` are those that the step draws from. Raises NotRecordable, after which neither
    they nor what the step changes are of use any more.
    """

    def __init__(self, step: Callable[[Tensor], None], generators: Iterable[Generator]):
        self.step, self.generators, self.taken = step, list(generators), 0
        self.graph: torch.cuda.CUDAGraph | None = None
        self.index: Tensor | None = None
        self.stream: torch.cuda.Stream | None = None

    def __call__(self, index: Tensor) -> None:
        if self.graph is None and self.taken < FIRST_STEPS:
            self._beside(index)
            self.taken += 1
            return
        if self.graph is None:
            self.index = index.clone()
            self.graph = self._record()
        self.index.copy_(index)
        self.graph.replay()

    def _beside(self, index: Tensor) -> None:
        """Take a step on a stream of its own, as recording asks for."""
        stream = self._own_stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self.step(index)
        torch.cuda.current_stream().wait_stream(stream)

    def _record(self) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        for generator in self.generators:
            graph.register_generator_state(generator)
        try:
            with torch.cuda.graph(graph, stream=self._own_stream()):
                self.step(self.index)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            why = error.__context__ or error
            raise NotRecordable(str(why).splitlines()[0]) from error
        return graph

    def _own_stream(self) -> torch.cuda.Stream:
        # Not torch's one stream for all recordings: what cuBLAS keeps for a stream would be shared
        # by steps that are played at the same time.
        if self.stream is None:
            self.stream = torch.cuda.Stream()
        return self.stream
