"""Slot `initialization`: the starting values. `name(layer, generator, **options)` fills a layer's weight and bias."""

from torch import Generator, nn

from stages.options import Positive, Real


def truncated_normal(layer: nn.Module, generator: Generator, *, std: Positive, bias: Real = 0.1) -> None:
    """Draw weights from a normal distribution of standard deviation `std` (pixels and layer sizes play no part), redrawn beyond 2 `std`.

    What is left of the distribution has a standard deviation of 0.880 `std` (scipy.stats.truncnorm(-2, 2).std()).
    """
    nn.init.trunc_normal_(layer.weight, std=std, a=-2 * std, b=2 * std, generator=generator)
    _fill_bias(layer, bias)


def xavier_uniform(layer: nn.Module, generator: Generator, *, bias: Real = 0.0) -> None:
    """Draw weights from ±sqrt(6 / (n_in + n_out)), so that a signal keeps its variance from layer to layer (Glorot and Bengio 2010)."""
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    _fill_bias(layer, bias)


def _fill_bias(layer: nn.Module, value: float) -> None:
    if layer.bias is not None:
        nn.init.constant_(layer.bias, value)
