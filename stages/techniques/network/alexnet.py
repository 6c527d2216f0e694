"""AlexNet as deck 004 prints it: in one piece, though its authors split it over two GPUs."""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from stages.techniques.network._blocks import convolution
from stages.techniques.network._parts import Parts, Shape
from stages.techniques.network._sizes import output_size
from stages.techniques.options import Count, Flag

LEAST = 67
# Filters and units by the 96 of the first convolution.
FILTERS, UNITS = (96, 256, 384, 384, 256), 4096
# The convolutions that a pool follows.
POOLED = (0, 1, 4)


def alexnet(
    shape: Shape, outputs: int, parts: Parts, *, width: Count = 96, local_response: Flag = True
) -> nn.Module:
    """Five convolutions, the first of `width` filters, and three linear layers; local response
    normalization behind the first two pools (Krizhevsky et al. 2012, deck 004).

    Images below 67 pixels are adapted to, at the same depth: the first filters are 5x5 at stride 1
    (not 11x11 at 4), and the pools pad, so that sides are halved and rounded up.
    """
    small = min(shape[1:]) < LEAST
    # Filter, stride and padding of each convolution.
    steps = [(5, 1, 2) if small else (11, 4, 0), (5, 1, 2), *[(3, 1, 1)] * 3]
    filters = [shape[0], *(max(1, round(width * count / 96)) for count in FILTERS)]
    sides, modules = shape[1:], []
    for i, (step, pair) in enumerate(zip(steps, pairwise(filters), strict=True)):
        kernel, stride, padding = step
        modules.append(convolution(parts, *pair, kernel, stride=stride, padding=padding))
        sides = [output_size(side, *step) for side in sides]
        if i in POOLED:
            modules.append(nn.MaxPool2d(3, 2, padding=int(small)))
            sides = [output_size(side, 3, 2, int(small)) for side in sides]
        if i in POOLED[:2] and local_response:
            modules.append(_local_response())
    features = filters[-1] * sides[0] * sides[1]
    return nn.Sequential(*modules, *_classifier(features, outputs, parts, width))


class _LocalResponse(nn.LocalResponseNorm):
    """torch's averages over a volume, whose gradient is not repeatable on a GPU."""

    def forward(self, maps: Tensor) -> Tensor:
        channels, below = maps.shape[1], self.size // 2
        squares = F.pad(maps.square(), (0, 0, 0, 0, below, self.size - 1 - below))
        mean = sum(squares[:, i : i + channels] for i in range(self.size)) / self.size
        return maps / (self.k + self.alpha * mean) ** self.beta


def _local_response() -> nn.Module:
    """The paper's k = 2, n = 5, alpha = 1e-4, beta = 0.75; torch divides its alpha by n."""
    return _LocalResponse(5, alpha=5e-4, beta=0.75, k=2)


def _classifier(features: int, outputs: int, parts: Parts, width: int) -> list[nn.Module]:
    """Two hidden layers, each followed by the dropout, then the outputs."""
    units = max(1, round(width * UNITS / 96))
    modules = [*parts.dropped(maps=True), nn.Flatten()]
    for inputs in (features, units):
        modules += [nn.Linear(inputs, units), parts.activation(), *parts.dropped(maps=False)]
    return [*modules, nn.Linear(units, outputs)]
