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


class Captured:
    """`step(index)`, whose work depends on the content of `index` [B] alone and changes only
    tensors that stay where they are.

    The first steps are taken as they are; the next is recorded, and from then on played.
    `generators` are those that the step draws from.
    """

    def __init__(self, step: Callable[[Tensor], None], generators: Iterable[Generator]):
        self.step, self.generators, self.taken = step, list(generators), 0
        self.graph: torch.cuda.CUDAGraph | None = None
        self.index: Tensor | None = None

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
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self.step(index)
        torch.cuda.current_stream().wait_stream(stream)

    def _record(self) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        for generator in self.generators:
            graph.register_generator_state(generator)
        with torch.cuda.graph(graph):
            self.step(self.index)
        return graph
