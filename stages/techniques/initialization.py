"""Slot `initialization`: the starting values. `name(layer, generator, **options)`
fills a layer's weight and bias.

n_in is how many values reach one unit, n_out how many units one value reaches; a
convolution counts its kernel.
"""

from torch import Generator, nn

from stages.techniques.options import Positive, Real


def zero(layer: nn.Module, generator: Generator, *, bias: Real = 0.0) -> None:
    """Set every weight to 0: all units of a layer then do the same and
    learn the same, or nothing."""
    nn.init.zeros_(layer.weight)
    _fill_bias(layer, bias)


def normal(layer: nn.Module, generator: Generator, *, std: Positive, bias: Real = 0.0) -> None:
    """Draw weights from a normal distribution of standard deviation `std`,
    whatever the layer's size."""
    nn.init.normal_(layer.weight, std=std, generator=generator)
    _fill_bias(layer, bias)


def truncated_normal(
    layer: nn.Module, generator: Generator, *, std: Positive, bias: Real = 0.1
) -> None:
    """Draw weights from a normal distribution of standard deviation `std` (pixels and layer sizes
    play no part), redrawn beyond 2 `std`.

    What is left of the distribution has a standard deviation of 0.880 `std`
    (scipy.stats.truncnorm(-2, 2).std()).
    """
    nn.init.trunc_normal_(layer.weight, std=std, a=-2 * std, b=2 * std, generator=generator)
    _fill_bias(layer, bias)


def xavier_uniform(layer: nn.Module, generator: Generator, *, bias: Real = 0.0) -> None:
    """Draw weights from ±sqrt(6 / (n_in + n_out)), so that a signal keeps its variance from layer
    to layer (Glorot and Bengio 2010)."""
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    _fill_bias(layer, bias)


def xavier_normal(layer: nn.Module, generator: Generator, *, bias: Real = 0.0) -> None:
    """Draw weights from a normal distribution of variance 2 / (n_in + n_out), which keeps a
    signal's variance (Glorot and Bengio 2010)."""
    nn.init.xavier_normal_(layer.weight, generator=generator)
    _fill_bias(layer, bias)


def he_uniform(layer: nn.Module, generator: Generator, *, bias: Real = 0.0) -> None:
    """Draw weights from ±sqrt(6 / n_in), twice Xavier's variance, because ReLU lets half of the
    signal pass (He et al. 2015).

    Deck 002 prints Xavier's formula here.
    """
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=generator)
    _fill_bias(layer, bias)


def he_normal(layer: nn.Module, generator: Generator, *, bias: Real = 0.0) -> None:
    """Draw weights from a normal distribution of variance 2 / n_in, because ReLU lets half of the
    signal pass (He et al. 2015)."""
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
    _fill_bias(layer, bias)


def _fill_bias(layer: nn.Module, value: float) -> None:
    if layer.bias is not None:
        nn.init.constant_(layer.bias, value)
