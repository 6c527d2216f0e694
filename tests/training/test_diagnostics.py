"""What is noted of a network, against what follows from its weights, and torch's gradients."""

import math

import pytest
import torch
from cases import PLAIN, random_data, recipe
from torch.nn import functional as F

from stages.training import diagnostics
from stages.training import network as networks
from stages.training.loop import Training
from stages.training.member import FLOAT32
from stages.training.randomness import generator

SHAPE = (1, 8, 8)


def network_of(**slots):
    return networks.build(
        PLAIN | slots, SHAPE, 10, generator(0, 0, "start"), generator(0, 0, "dropout")
    )


def linear(network):
    return [module for module in network.modules() if isinstance(module, torch.nn.Linear)]


def look(network, inputs, labels, before=None):
    def logits(network, images):
        return networks.logits(network, images, torch.float32)

    of = F.cross_entropy, inputs, labels
    return diagnostics.layers(network, logits, *of, binned=True, before=before)


@pytest.fixture
def batch():
    random = torch.Generator().manual_seed(0)
    return torch.randn(16, *SHAPE, generator=random), torch.randint(10, (16,), generator=random)


def test_layers_are_those_with_weights_in_order(batch):
    rows, _ = look(network_of(network={"deeper": {"width": 2}}), *batch)
    assert [row["layer"] for row in rows] == list(range(1, 12))
    assert [row["kind"] for row in rows] == ["convolution"] * 10 + ["linear"]
    assert [row["units"] for row in rows] == [2, 2, 4, 4, 8, 8, 16, 16, 16, 16, 10]


def test_activations_are_behind_the_nonlinearity_and_gradients_torchs_own(batch):
    inputs, labels = batch
    network = network_of(network={"dense": {"units": 5}}, activation={"sigmoid": {}})
    rows, bins = look(network, inputs, labels)
    [first, last] = linear(network)
    hidden = torch.sigmoid(first(inputs.flatten(1)))
    loss = F.cross_entropy(last(hidden), labels)
    loss.backward()
    assert rows[0]["activation_mean"] == pytest.approx(hidden.mean().item(), rel=1e-5)
    for row, values in zip(rows, (hidden, last(hidden)), strict=True):
        spread = values.std(dim=0, correction=0).mean().item()
        assert row["activation_std"] == pytest.approx(spread, rel=1e-5)
    for row, layer in zip(rows, (first, last), strict=True):
        assert row["gradient_norm"] == pytest.approx(layer.weight.grad.norm().item(), rel=1e-5)
        assert row["weight_rms"] == pytest.approx(layer.weight.square().mean().sqrt().item())
        assert row["gradient_rms"] == pytest.approx(
            layer.weight.grad.square().mean().sqrt().item(), rel=1e-5
        )
    shares = [row["share"] for row in bins if row["layer"] == 1 and row["quantity"] == "activation"]
    assert (len(shares), sum(shares)) == (diagnostics.BINS, pytest.approx(1))


def test_a_relu_unit_that_is_always_below_zero_is_dead_and_constant(batch):
    network = network_of(network={"dense": {"units": 4}}, activation={"relu": {}})
    [first, _] = linear(network)
    with torch.no_grad():
        first.bias[:2] = -1e6
    rows, _ = look(network, *batch)
    assert (rows[0]["constant_units"], rows[0]["dead_units"]) == (0.5, 0.5)
    assert rows[0]["saturated"] is None, "a ReLU has no upper end"


def test_units_that_differ_by_their_biases_alone_carry_no_signal(batch):
    """Each unit has another value, and the same one for every image."""
    network = network_of(network={"dense": {"units": 4}}, activation={"sigmoid": {}})
    [first, _] = linear(network)
    with torch.no_grad():
        first.weight.zero_()
        first.bias.copy_(torch.tensor([-1.0, 0.0, 1.0, 9.0]))
    rows, _ = look(network, *batch)
    assert (rows[0]["activation_std"], rows[0]["constant_units"]) == (0, 1)
    assert (rows[0]["dead_units"], rows[0]["saturated"]) == (0, 0.25)
    assert rows[1]["activation_std"] < 1e-6


def test_places_that_differ_alike_in_all_images_carry_no_signal():
    """A filter sees an edge of the map in every image: that is no difference between images."""
    inputs, labels = torch.ones(8, *SHAPE), torch.zeros(8, dtype=torch.long)
    rows, _ = look(network_of(), inputs, labels)
    assert (rows[0]["activation_std"], rows[0]["constant_units"]) == (0, 1)


def test_an_update_is_measured_against_the_weights_before_it(batch):
    network = network_of(network={"dense": {"units": 4}})
    [first, last] = linear(network)
    before = diagnostics.weights_of(network)
    with torch.no_grad():
        first.weight.mul_(1.25)
    last.requires_grad_(False)
    [one, other], _ = look(network, *batch, before=before)
    assert one["update_ratio"] == pytest.approx(0.25)
    assert other["update_ratio"] is None, "a frozen layer gets no update"
    rows, _ = look(network, *batch)
    assert [row["update_ratio"] for row in rows] == [None, None]
    [one, _], _ = look(network, *batch, before=[torch.zeros_like(first.weight), last.weight])
    assert one["update_ratio"] is None, "nothing is a share of zeros"


def test_dropout_makes_no_constant_unit_vary(batch):
    slots = {"network": {"mlp": {"units": 8, "layers": 2}}, "activation": {"sigmoid": {}}}
    network = network_of(**slots, dropout={"standard": {"rate": 0.5}})
    with torch.no_grad():
        for layer in linear(network):
            layer.weight.zero_()
    rows, _ = look(network, *batch)
    assert [row["constant_units"] for row in rows] == [1, 1, 1]


def test_small_weights_and_sigmoids_leave_the_units_of_a_deep_network_constant(batch):
    """Deck 001's and 002's histograms: std 0.01 collapses, He's keeps the deviation through ReLUs.

    He et al. 2015: variance 2 / n_in.
    """
    deep = {"deeper": {"width": 8}}
    small = {"truncated_normal": {"std": 0.01}}
    small_start, _ = look(
        network_of(network=deep, activation={"sigmoid": {}}, initialization=small), *batch
    )
    assert small_start[9]["constant_units"] == 1
    assert small_start[0]["gradient_rms"] < 1e-9 * small_start[9]["gradient_rms"]
    he_start, _ = look(
        network_of(network=deep, activation={"relu": {}}, initialization={"he_normal": {}}), *batch
    )
    # As far as maps are larger than their edges: in maps of one pixel, 8 of 9 weights see zeros.
    assert he_start[5]["activation_std"] > 0.1 * he_start[0]["activation_std"]
    assert he_start[0]["gradient_rms"] > 1e-2 * he_start[9]["gradient_rms"]


def test_looking_changes_nothing(batch):
    """Neither running statistics nor random numbers nor gradients."""
    slots = {
        "normalization": {"batch_normalization": {}},
        "dropout": {"standard": {"rate": 0.5}},
        "network": {"deeper": {"width": 2}},
    }
    resolved = recipe(PLAIN | slots, epochs=1, batch_size=4)
    data = random_data(SHAPE)
    training = Training(resolved, data, 0, FLOAT32)
    before = {name: value.clone() for name, value in training.learner.network.state_dict().items()}
    drawn = training.random["dropout"].get_state()
    training.looks.look("again", 0)
    assert all(
        torch.equal(value, before[name])
        for name, value in training.learner.network.state_dict().items()
    )
    assert torch.equal(training.random["dropout"].get_state(), drawn)
    assert all(parameter.grad is None for parameter in training.learner.parameters)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_what_is_not_a_number_is_neither_constant_nor_anything_else(batch, value, activation):
    inputs, labels = batch
    rows, bins = look(network_of(activation={activation: {}}), inputs * value, labels)
    for row in rows:
        shares = [row[name] for name in ("constant_units", "dead_units", "saturated")]
        assert all(share is None or math.isnan(share) for share in shares) or value == math.inf
    assert math.isnan(rows[-1]["constant_units"])
    assert math.isnan(rows[-1]["activation_std"])
    assert not [row for row in bins if (row["quantity"], row["layer"]) == ("activation", 4)]
