"""Starts, whitening, and what absolute and squared errors choose: against torch, scikit-learn and
scipy."""

import numpy as np
import pytest
import scipy.optimize
import torch
from sklearn.decomposition import PCA
from torch import nn

from stages.lessons import initialization, penalties, whitening


def test_variances_are_the_deck_s_and_torch_s():
    table = initialization.variances(4, 3).set_index("start")
    printed = {"Xavier, both ways": 2 / 7, "Xavier, forward": 1 / 4, "He": 2 / 4}
    assert table["variance"][list(printed)].to_dict() == pytest.approx(printed)
    # Deck 003's He variance, and deck 002's uniform He, which is Xavier's.
    assert table.loc["He as deck 003 prints it", "variance"] == pytest.approx(4 / 7)
    wrong = table.loc["He uniform as deck 002 prints it", "uniform on ±"]
    assert wrong == pytest.approx(np.sqrt(6 / 7))


@pytest.mark.parametrize(
    ("start", "draw"),
    [
        ("Xavier, both ways", nn.init.xavier_uniform_),
        ("He", lambda weights: nn.init.kaiming_uniform_(weights, nonlinearity="relu")),
    ],
)
def test_torch_draws_within_these_ranges(start, draw):
    row = initialization.variances(400, 300).set_index("start").loc[start]
    weights = draw(torch.empty(300, 400))
    assert weights.abs().max().item() == pytest.approx(row["uniform on ±"], rel=1e-3)
    assert weights.var().item() == pytest.approx(row["variance"], rel=0.02)


def test_activations_are_what_torch_s_layers_make_of_the_same_numbers():
    inputs, weights = initialization.drawn()
    table = initialization.tables()["spread"].numbers.set_index(["activation", "start", "layer"])
    for name, function in (("tanh", torch.tanh), ("ReLU", torch.relu)):
        for start, std in initialization.STARTS.items():
            seen = torch.tensor(inputs)
            for layer, of in enumerate(torch.tensor(weights), start=1):
                seen = function(nn.functional.linear(seen, std * of.T))
                found = table.loc[(name, start, layer), "std"]
                assert found == pytest.approx(seen.std(correction=0).item())


def test_which_starts_keep_the_signal():
    table = initialization.tables()["layers"].numbers.set_index("layer")
    shares = table.loc[10] / table.loc[1]
    assert shares[["tanh, 0.01", "ReLU, 0.01"]].lt(1e-4).all()
    assert 0.7 < shares["ReLU, He"] < 1.3
    assert shares["ReLU, 0.05"] > 2
    # Half of the variance in each of nine layers.
    assert shares["ReLU, Xavier"] == pytest.approx(2**-4.5, rel=0.2)
    behind = initialization.tables()["behind_relu"].numbers
    assert behind["E[x²] / Var(y)"].item() == pytest.approx(0.5, abs=0.01)


def test_whitened_values_have_an_identity_for_covariance_as_scikit_learn_s():
    x = whitening.values()
    for back in (False, True):
        found = whitening.whitened(x, back)
        np.testing.assert_allclose(np.cov(found, rowvar=False, bias=True), np.eye(2), atol=1e-12)
        np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)
    theirs = PCA(whiten=True).fit_transform(x) * np.sqrt(len(x) / (len(x) - 1))
    ours = whitening.whitened(x, back=False)[:, ::-1]
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-9)
    zca = whitening.whitened(x, back=True)
    assert np.abs(zca - x).sum() < np.abs(whitening.whitened(x, back=False) - x).sum()


def test_batch_normalization_leaves_the_correlation():
    table = whitening.tables()["covariances"].numbers.set_index("values")
    plain, normalized = (table.loc[name] for name in ("as it is", "batch normalization"))
    assert normalized["correlation"] == pytest.approx(plain["correlation"])
    layer = nn.BatchNorm1d(2, eps=1e-30, dtype=torch.float64)
    expected = layer(torch.tensor(whitening.values())).detach()
    np.testing.assert_allclose(whitening.standardized(whitening.values()), expected, atol=1e-12)


def test_mean_and_median_have_the_least_errors():
    table = penalties.tables()["constants"].numbers.set_index("numbers")
    for name, numbers in penalties.NUMBERS.items():
        row, these = table.loc[name], np.array(numbers)
        least = scipy.optimize.minimize_scalar(lambda c, these=these: ((these - c) ** 2).sum()).x
        assert row["least squared error"] == pytest.approx(least)
        absolute = np.abs(these - np.median(these)).sum()
        for end in (float(word) for word in row["least absolute error"].split() if word[0] in "24"):
            assert np.abs(these - end).sum() == pytest.approx(absolute)
    robust = table["least absolute error"]
    assert robust["five numbers"] == robust["with an outlier"] == "3"
    assert robust["an even count"] == "any of 2 to 4"


@pytest.mark.parametrize("name", penalties.LINES)
def test_slopes_have_the_least_errors(name):
    x, y = np.array(penalties.LINES[name]).T
    slopes = np.linspace(-1, 2, 3001)
    errors = y - slopes[:, None] * x
    low, high = penalties.median_slopes(penalties.LINES[name])
    assert low == high == pytest.approx(slopes[np.abs(errors).sum(axis=1).argmin()])
    table = penalties.tables()["lines"].numbers.set_index("points")
    least = slopes[(errors**2).sum(axis=1).argmin()]
    assert table.loc[name, "least squared error"] == pytest.approx(least, abs=1e-3)


def test_two_points_at_one_place_have_many_slopes():
    assert penalties.median_slopes(((1.0, 1.0), (1.0, 0.0))) == (0.0, 1.0)
