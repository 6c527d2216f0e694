"""Networks with a known fault beside healthy ones, trained for a few steps on the digits: each
fault is named, and of the healthy ones none."""

from collections import deque

import numpy as np
import pandas as pd
import pytest
import torch
from cases import recipe
from sklearn.datasets import load_digits

from stages.page import inside as said
from stages.scoring import inside
from stages.training.loop import Training
from stages.training.member import FLOAT32, Data

MEMBERS = 2


def slots(activation="relu", start="he_normal", rate=0.1, bias=0.0, **more) -> dict:
    """Three hidden layers with plain gradient descent, healthy unless something is given."""
    return {
        "network": {"mlp": {"units": 32, "layers": 3}},
        "activation": {activation: {}},
        "initialization": {start: {"bias": bias}} if isinstance(start, str) else start,
        "optimizer": {"sgd": {"learning_rate": rate}},
        "scaling": {"zero_centered": {}},
    } | more


def normal(std: float) -> dict:
    return {"normal": {"std": std, "bias": 0.0}}


DEEP = {"network": {"mlp": {"units": 64, "layers": 5}}}
SHALLOW = {"network": {"mlp": {"units": 32, "layers": 1}}}
# The fault by construction, what must be named, and the healthy twin.
FAULTY = {
    "saturated sigmoids": (
        slots("sigmoid", "xavier_uniform", bias=10.0, **SHALLOW),
        "saturated",
        slots("sigmoid", "xavier_uniform", **SHALLOW),
    ),
    "dead ReLUs": (slots(bias=-10.0), "dead", slots()),
    "std 0.001": (slots(start=normal(0.001)), "faint", slots()),
    "std 1": (
        slots("tanh", normal(1.0), **DEEP),
        "saturated",
        slots("tanh", "xavier_uniform", **DEEP),
    ),
    "a rate 100 times too high": (slots(rate=10.0), "updates_too_large", slots()),
    "a rate 10,000 times too low": (slots(rate=1e-5), "updates_too_small", slots()),
    "all zeros": (slots(start="zero"), "zero_weights", slots()),
}
ADAM = {"optimizer": {"adam": {"learning_rate": 0.001, "eps": 1e-8}}}
NORMALIZED = {"normalization": {"batch_normalization": {"momentum": 0.1, "eps": 1e-5}}}
HEALTHY = {
    "plain gradient descent": slots(),
    "Adam": slots(**ADAM),
    "Adam and sigmoids": slots("sigmoid", "xavier_uniform", **ADAM),
    "two convolutions": slots(network={"basic": {"width": 4}}),
    "ten normalized convolutions": slots(network={"deeper": {"width": 4}}, **NORMALIZED),
    "ten normalized, with sigmoids": slots(
        "sigmoid", "xavier_uniform", network={"deeper": {"width": 4}}, **NORMALIZED
    ),
} | {f"twin of {name}": twin for name, (_, _, twin) in FAULTY.items() if twin != slots()}


@pytest.fixture(scope="module")
def digits() -> Data:
    images, labels = load_digits(return_X_y=True)
    pixels = np.round(images * 255 / 16).astype(np.uint8).reshape(-1, 1, 8, 8)
    shown, targets = torch.from_numpy(pixels[:900]), torch.from_numpy(labels[:900])
    few = shown[:20], targets[:20]
    return Data(shown, targets, *few, few[0], 10, torch.arange(20))


@pytest.mark.parametrize("name", HEALTHY)
def test_the_healthy_ones_learn(digits, name):
    training = Training(recipe(HEALTHY[name], batch_size=20, epochs=6), digits, 0, FLOAT32)
    while not training.ended:
        deque(training.epoch(), maxlen=0)
    assert training.history[-1]["train_accuracy"] > 0.3, "three times chance level"


@pytest.fixture(scope="module")
def networks(digits) -> pd.DataFrame:
    """What was measured of every network in its first steps."""
    made = {name: faulty for name, (faulty, _, _) in FAULTY.items()} | HEALTHY
    rows = []
    for rung, of in made.items():
        for member in range(MEMBERS):
            training = Training(recipe(of, batch_size=20), digits, member, FLOAT32)
            for _ in zip(range(inside.STEP), training.epoch(), strict=False):
                pass
            seen = training.looks.layers
            rows += [{"dataset": "digits", "rung": rung} | row for row in seen]
    numbers = ["saturated", "update_ratio"]
    layers = pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))
    return inside.measured(layers).assign(learned=np.nan)


def test_each_fault_is_named_and_of_healthy_networks_none(networks):
    found = inside.faults(networks)
    named = {rung: set(part["fault"]) for rung, part in found.groupby("rung")}
    assert named.keys() == FAULTY.keys()
    for rung, (_, fault, _) in FAULTY.items():
        assert fault in named[rung], f"{rung}: {named[rung]}"


def test_the_page_says_it_in_words_with_what_was_measured(networks):
    sentences = said.faults(inside.faults(networks))
    [saturated] = [of for of in sentences if "saturated activations above 50 %" in of]
    assert saturated.startswith("Saturated units (")
    assert "saturated sigmoids (median 100 %)" in saturated
    [small] = [of for of in sentences if "ratio of update to weight size below 1e-05" in of]
    assert "a rate 10,000 times too low (median " in small
    assert not any(name in " ".join(sentences) for name in HEALTHY)


def test_healthy_networks_keep_a_distance_from_the_limits(networks):
    """Or a machine that rounds otherwise would name a fault."""
    healthy = networks[networks["rung"].isin(HEALTHY)]
    for limit in inside.LIMITS[1:]:
        values = healthy[limit.measurement].dropna()
        farthest = values.max() / limit.limit if limit.above else limit.limit / values.min()
        assert farthest < 0.8, limit
