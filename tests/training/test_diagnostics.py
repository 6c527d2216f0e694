"""What is noted of a network, against what follows from its weights, and torch's gradients."""

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


def look(network, inputs, labels):
    def logits(network, images):
        return networks.logits(network, images, torch.float32)

    return diagnostics.layers(network, logits, F.cross_entropy, inputs, labels, binned=True)


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
    [first, last] = [module for module in network if isinstance(module, torch.nn.Linear)]
    hidden = torch.sigmoid(first(inputs.flatten(1)))
    loss = F.cross_entropy(last(hidden), labels)
    loss.backward()
    assert rows[0]["activation_mean"] == pytest.approx(hidden.mean().item(), rel=1e-5)
    assert rows[0]["activation_std"] == pytest.approx(hidden.std().item(), rel=1e-5)
    assert rows[1]["activation_std"] == pytest.approx(last(hidden).std().item(), rel=1e-5)
    for row, layer in zip(rows, (first, last), strict=True):
        assert row["gradient_norm"] == pytest.approx(layer.weight.grad.norm().item(), rel=1e-5)
        assert row["gradient_rms"] == pytest.approx(
            layer.weight.grad.square().mean().sqrt().item(), rel=1e-5
        )
    shares = [row["share"] for row in bins if row["layer"] == 1 and row["quantity"] == "activation"]
    assert (len(shares), sum(shares)) == (diagnostics.BINS, pytest.approx(1))


def test_a_relu_unit_that_is_always_below_zero_is_constant(batch):
    network = network_of(network={"dense": {"units": 4}}, activation={"relu": {}})
    [first, _] = [module for module in network if isinstance(module, torch.nn.Linear)]
    with torch.no_grad():
        first.bias[:2] = -1e6
    rows, _ = look(network, *batch)
    assert rows[0]["constant_units"] == 0.5


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
    assert he_start[5]["activation_std"] > 0.3 * he_start[0]["activation_std"]
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
    training._look_inside("again")
    assert all(
        torch.equal(value, before[name])
        for name, value in training.learner.network.state_dict().items()
    )
    assert torch.equal(training.random["dropout"].get_state(), drawn)
    assert all(parameter.grad is None for parameter in training.learner.parameters)


def test_what_is_not_a_number_is_said(batch):
    inputs, labels = batch
    rows, bins = look(network_of(), inputs * torch.nan, labels)
    assert rows
    assert not [row for row in bins if row["quantity"] == "activation"]
