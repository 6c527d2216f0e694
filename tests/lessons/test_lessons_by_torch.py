"""Lessons of layers and of training say what torch does."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from stages.lessons import (
    alexnet,
    back_propagation,
    batch_normalization,
    derivatives,
    dropout,
    optimizers,
    output_sizes,
    penalties,
    pooling,
    transposed_convolution,
    weight_sharing,
)

DOUBLE = {"dtype": torch.float64}


def close(found, expected, **tolerance) -> None:
    np.testing.assert_allclose(found, np.asarray(expected), **{"rtol": 1e-9} | tolerance)


def test_every_number_of_back_propagation_is_autograd_s():
    w = {
        name: torch.tensor(value, requires_grad=True, **DOUBLE)
        for name, value in back_propagation.WEIGHTS.items()
    }
    x1, x2 = back_propagation.X1, back_propagation.X2
    z1, z2 = (w[f"{unit}1"] * x1 + w[f"{unit}2"] * x2 + w[f"{unit}0"] for unit in "ab")
    y1, y2 = torch.sigmoid(z1), torch.sigmoid(z2)
    z3 = w["c1"] * y1 + w["c2"] * y2 + w["c0"]
    out = torch.sigmoid(z3)
    error = 0.5 * (out - back_propagation.TARGET) ** 2
    seen = {"z1": z1, "y1": y1, "z2": z2, "y2": y2, "z3": z3, "out": out, "E": error}
    for value in seen.values():
        value.retain_grad()
    error.backward()
    forward, backward, step = (table.numbers for table in back_propagation.tables().values())
    assert list(forward["quantity"]) == list(seen)
    close(forward["value"], [value.item() for value in seen.values()])
    slopes = {name: value.grad.item() for name, value in (w | seen).items() if name != "E"}
    assert {f"∂E/∂{name}" for name in slopes} == set(backward["derivative"])
    close(backward["value"], [slopes[name[4:]] for name in backward["derivative"]])
    close(step["before"].iloc[-1], error.item())
    assert step["after"].iloc[-1] < step["before"].iloc[-1]


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("ReLU", F.relu),
        ("leaky ReLU", F.leaky_relu),
    ],
)
def test_derivatives_are_autograd_s(name, function):
    tables = derivatives.tables()
    for table in ("derivatives", "curves"):
        numbers = tables[table].numbers
        z = torch.tensor(numbers["z"].to_numpy(), requires_grad=True)
        function(z).sum().backward()
        close(numbers[name], z.grad, atol=1e-15)
    z = torch.tensor(tables["values"].numbers["z"].to_numpy())
    close(tables["values"].numbers[name], function(z), atol=1e-15)
    products = tables["products"].numbers.set_index("activation").loc[name]
    expected = {"sigmoid": 0.25**10}.get(name, 1)
    assert products["at_best"] == pytest.approx(expected)


def test_sizes_are_those_of_torch_s_convolutions():
    table = output_sizes.tables()["sizes"].numbers
    for row in table.to_dict("records"):
        layer = nn.Conv1d(1, 1, row["F"], stride=row["S"], padding=row["P"])
        assert layer(torch.zeros(1, 1, row["N"])).shape[-1] == row["torch"]
    [misfit] = table[table["layer"] == "deck 004, stride 3"].to_dict("records")
    assert (misfit["N"], misfit["F"], misfit["S"], misfit["fits"]) == (7, 3, 3, False)
    kept = table[table["layer"].str.startswith("padding")]
    assert (kept["torch"] == kept["N"]).all()


def _alexnet() -> nn.Sequential:
    """The layers of deck 004 in torch's own, without what has no parameters but pools."""
    pool = [nn.MaxPool2d(3, 2)]
    return nn.Sequential(
        *[nn.Conv2d(3, 96, 11, stride=4), *pool, nn.Conv2d(96, 256, 5, padding=2), *pool],
        *[nn.Conv2d(256, 384, 3, padding=1), nn.Conv2d(384, 384, 3, padding=1)],
        *[nn.Conv2d(384, 256, 3, padding=1), *pool, nn.Flatten()],
        *[nn.Linear(6 * 6 * 256, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)],
    )


def test_alexnet_s_shapes_and_parameters_are_those_of_torch_s_layers_and_the_deck():
    rows = iter(alexnet.layers().to_dict("records"))
    with torch.device("meta"):
        seen = torch.zeros(1, 3, 227, 227)
        for layer in _alexnet():
            seen = layer(seen)
            if isinstance(layer, nn.Flatten):
                continue
            row = next(rows)
            shape = list(seen.shape[1:])
            said = row["output"].replace(",", "").split("x")
            assert [int(side) for side in said] == [*shape[1:], shape[0]], row
            assert row["parameters"] == sum(each.numel() for each in layer.parameters())
    assert next(rows, None) is None
    kinds = alexnet.tables()["kinds"].numbers.set_index("kind")
    assert kinds.loc["all", "parameters"] == 62_378_344
    printed = ["55x55x96", "27x27x96", "27x27x256", "13x13x256", "6x6x256"]
    assert set(printed) < set(alexnet.layers()["output"])


def test_pools_are_torch_s_and_the_deck_s():
    image = torch.tensor(pooling.IMAGE)[None, None]
    for reduce, layer in ((np.max, F.max_pool2d), (np.mean, F.avg_pool2d)):
        close(pooling.pooled(pooling.IMAGE, reduce, 2), layer(image, 2)[0, 0])
    windows = pooling.tables()["windows"].numbers
    assert windows["maximum"].tolist() == [5, 8, 2, 6]
    assert windows["mean"].tolist() == [2, 4, 1, 3]
    shifts = pooling.tables()["shifts"].numbers.set_index("what is seen")
    assert shifts.loc[["maximum of all", "mean of all"]].iloc[:, 1:].eq(0).all(axis=None)
    assert shifts.loc["2x2 maximum"].iloc[1] < shifts.loc["the pixels"].iloc[1]


@pytest.mark.parametrize("case", transposed_convolution.CASES)
def test_transposed_convolutions_are_torch_s(case):
    stride, padding = transposed_convolution.CASES[case]
    image, kernel = transposed_convolution.INPUT, transposed_convolution.FILTER
    tensors = (torch.tensor(each)[None, None] for each in (image, kernel))
    expected = F.conv_transpose2d(*tensors, stride=stride, padding=padding)[0, 0]
    close(transposed_convolution.transposed(image, kernel, stride, padding), expected)
    assert transposed_convolution.size(2, 3, stride, padding) == len(expected)


@pytest.mark.parametrize(("n", "f", "s", "p"), [(7, 3, 1, 0), (5, 4, 2, 1), (6, 5, 3, 2)])
def test_the_size_of_a_transposed_convolution_is_torch_s(n, f, s, p):
    layer = nn.ConvTranspose1d(1, 1, f, stride=s, padding=p)
    assert layer(torch.zeros(1, 1, n)).shape[-1] == transposed_convolution.size(n, f, s, p)


def test_weights_with_and_without_sharing():
    shared = nn.Conv2d(3, 30, 5, padding=2, bias=False)
    with torch.device("meta"):
        full = nn.Linear(3 * 32 * 32, 30 * 32 * 32, bias=False)
    weights = weight_sharing.tables()["weights"].numbers["weights"].tolist()
    assert weights == [full.weight.numel(), 5 * 5 * 3 * 32 * 32 * 30, shared.weight.numel()]
    assert weights[1:] == [2_304_000, 2_250]


def test_a_mask_is_an_element_wise_product_in_torch_too():
    w = {name: torch.tensor(value) for name, value in dropout.network().items()}
    hidden = torch.tanh(w["W1"] @ w["x"])
    expected = torch.softmax(w["W3"] @ torch.tanh(w["W2"] @ (w["D"] * hidden)), dim=0)
    found = dropout.tables()["network"].numbers
    close(found["softmax with D"].iloc[:2], expected)
    means = dropout.tables()["means"].numbers
    close(means["mean over masks"], (w["W2"] @ hidden) / 2)
    close(means["mean, divided by ½"], w["W2"] @ hidden)
    # Torch scales what it keeps: so much that this mean is the whole sum.
    assert set(F.dropout(torch.ones(100), 0.5).tolist()) == {0.0, 2.0}


def test_masks_are_of_values_and_of_channels():
    made, torch_s = dropout.masks(), F.dropout1d(torch.ones(1, 50, 9), 0.5)[0]
    for mask in (torch_s.numpy(), made["spatial"]):
        assert (mask == mask[:, :1]).all()
        assert len(np.unique(mask)) == 2
    assert not (made["standard"] == made["standard"][:, :1]).all()


def test_batch_normalization_is_torch_s_in_both_modes():
    layer = nn.BatchNorm1d(2, **DOUBLE)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(batch_normalization.GAMMA))
        layer.bias.copy_(torch.tensor(batch_normalization.BETA))
        batch = torch.tensor(batch_normalization.BATCH)
        close(batch_normalization.train(batch_normalization.BATCH), layer(batch))
        found = batch_normalization.statistics(batch_normalization.BATCH)
        close(found["running mean"], layer.running_mean)
        close(found["running variance"], layer.running_var)
        images = layer.eval()(torch.tensor(batch_normalization.TEST))
        close(batch_normalization.test(batch_normalization.TEST), images)


def optimized(optimizer: torch.optim.Optimizer, at: torch.Tensor, loss, steps: int) -> np.ndarray:
    """Where torch's optimizer leads, step by step."""
    found = [at.detach().clone().numpy()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss(at).backward()
        optimizer.step()
        found.append(at.detach().clone().numpy())
    return np.stack(found)


@pytest.mark.parametrize("penalty", penalties.PENALTIES)
def test_weights_go_where_torch_s_go(penalty):
    terms = {"none": lambda w: 0, "L2": lambda w: (w**2).sum(), "L1": lambda w: w.abs().sum()}
    goals = torch.tensor(penalties.GOALS)
    w = torch.zeros(6, requires_grad=True, **DOUBLE)

    def loss(w):
        return ((w - goals) ** 2).sum() / 2 + penalties.STRENGTH / 2 * terms[penalty](w)

    sgd = torch.optim.SGD([w], penalties.RATE)
    found = penalties.path(penalty)
    # A step of L1 around 0 depends on the last bit: its size is what can be compared there.
    step = penalties.RATE * penalties.STRENGTH if penalty == "L1" else 0
    close(found, optimized(sgd, w, loss, penalties.STEPS), atol=step + 1e-9)
    close(found[-1], penalties.goals(penalty), atol=0.02)


SURFACES = {
    "plateau": lambda at: 1 - torch.exp(-(at**2).sum() / 2),
    "saddle": lambda at: at[0] ** 2 / 2 - at[1] ** 2 / 2 + at[1] ** 4 / 4,
}
OPTIMIZERS = {
    "SGD": lambda at: torch.optim.SGD(at, optimizers.RATE),
    "momentum": lambda at: torch.optim.SGD(at, optimizers.RATE, momentum=optimizers.MOMENTUM),
    "Adam": lambda at: torch.optim.Adam(at, optimizers.RATE),
}


@pytest.mark.parametrize("surface", optimizers.SURFACES)
@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_optimizers_go_where_torch_s_go(surface, name):
    value, gradient, start, _ = optimizers.SURFACES[surface]
    at = torch.tensor(start, requires_grad=True)
    assert value(start) == pytest.approx(SURFACES[surface](at).item())
    expected = optimized(OPTIMIZERS[name]([at]), at, SURFACES[surface], optimizers.STEPS)
    close(optimizers.OPTIMIZERS[name](start, gradient), expected, rtol=1e-6, atol=1e-9)


def test_sgd_is_the_slowest_on_the_plateau_and_at_the_saddle():
    table = optimizers.tables()["values"].numbers
    for _, rows in table.groupby("surface"):
        assert pd.Series(rows["step 100"].to_numpy()).idxmax() == 0
