"""XOR is 1 where exactly one of its two inputs is. A perceptron, one unit alone, draws one straight
line, and is wrong on at least one of the four points whatever its weights: its sums for (0, 1) and
(1, 0), which must both be positive, add up to the same as those for (0, 0) and (1, 1), neither of
which may be.

Three sigmoid units can: with deck 003's weights, y1 speaks where both inputs are 1, y2 where
neither is, and the third unit where both of them are silent.

Both are trained here, too, from 20 random starts each, by gradient descent on the cross-entropy of
all four points, with gradients by the chain rule. The perceptron's loss has one minimum, where it
says ½ to everything. Three units find XOR from most starts; from the others they are still stuck
where they are sure of two points, and say ½ to the other two.
"""

import numpy as np
import pandas as pd

from stages.lessons import Table
from stages.lessons._units import sigmoid

TITLE = "XOR"
POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([0.0, 1.0, 1.0, 0.0])

# Deck 003: y1 = s([5, 5] x - 8), y2 = s([-7, -7] x + 3), out = s([-11, -11] [y1, y2] + 6).
DECK = {
    "hidden": np.array([[[5.0, 5.0], [-7.0, -7.0]]]),
    "hidden_bias": np.array([[-8.0, 3.0]]),
    "out": np.array([[-11.0, -11.0]]),
    "out_bias": np.array([6.0]),
}
# Two weights and a bias, each of these: 25 * 25 * 25 perceptrons.
SCANNED = np.linspace(-3, 3, 25)
STARTS, STEPS, RATE = 20, 4000, 1.0
# An output that is no further from ½ classifies nothing: rounding alone says on which side it is.
UNDECIDED = 1e-6
# Where the regions are drawn: so many places a side, from the first number to the last.
SIDE, EDGES = 25, (-0.25, 1.25)

Weights = dict[str, np.ndarray]


def outputs(weights: Weights, points: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """What the networks [S] say to points [P, 2]: [S, P]; and what their hidden units say,
    [S, P, 2], None of perceptrons. Weights: hidden [S, 2, 2], hidden_bias [S, 2], out [S, 2],
    out_bias [S]; a perceptron has `out` and `out_bias` alone."""
    hidden, seen = None, np.broadcast_to(points, (len(weights["out"]), *points.shape))
    if "hidden" in weights:
        sums = np.einsum("pi,sji->spj", points, weights["hidden"])
        hidden = seen = sigmoid(sums + weights["hidden_bias"][:, None])
    sums = np.einsum("spj,sj->sp", seen, weights["out"]) + weights["out_bias"][:, None]
    return sigmoid(sums), hidden


def gradients(weights: Weights) -> Weights:
    """The gradients of the mean cross-entropy over the four points, by the chain rule."""
    said, hidden = outputs(weights, POINTS)
    # Of the cross-entropy of a sigmoid: the derivative by the sum is output minus target.
    sums = (said - TARGETS) / len(POINTS)
    seen = POINTS[None].repeat(len(said), axis=0) if hidden is None else hidden
    found = {"out": np.einsum("sp,spj->sj", sums, seen), "out_bias": sums.sum(axis=1)}
    if hidden is not None:
        below = sums[:, :, None] * weights["out"][:, None] * hidden * (1 - hidden)
        found["hidden"] = np.einsum("spj,pi->sji", below, POINTS)
        found["hidden_bias"] = below.sum(axis=1)
    return found


def loss(weights: Weights) -> np.ndarray:
    """The mean cross-entropy over the four points, [S]."""
    said = outputs(weights, POINTS)[0].clip(1e-15, 1 - 1e-15)
    return -(TARGETS * np.log(said) + (1 - TARGETS) * np.log(1 - said)).mean(axis=1)


def correct(weights: Weights) -> np.ndarray:
    """How many of the four points each network classifies correctly, [S]."""
    return (np.abs(outputs(weights, POINTS)[0] - TARGETS) < 0.5 - UNDECIDED).sum(axis=1)


def started(units: int, seed: int = 0) -> Weights:
    """STARTS networks with standard normal weights: perceptrons for 1 unit, the deck's network for
    3."""
    random = np.random.RandomState(seed)
    shapes = {"hidden": (2, 2), "hidden_bias": (2,)} if units == 3 else {}
    shapes |= {"out": (2,), "out_bias": ()}
    return {name: random.randn(STARTS, *shape) for name, shape in shapes.items()}


def trained(weights: Weights) -> Weights:
    """The networks after STEPS steps of gradient descent at RATE."""
    for _ in range(STEPS):
        found = gradients(weights)
        weights = {name: value - RATE * found[name] for name, value in weights.items()}
    return weights


def tables() -> dict[str, Table]:
    """The deck's units, the scan of perceptrons, both trained, and what three networks say to
    every place of a square."""
    perceptrons, networks = trained(started(1)), trained(started(3))
    return {
        "units": Table("Deck 003's three units, with its weights.", _units()),
        "scan": Table(
            f"Of {len(SCANNED) ** 3:,} perceptrons, both weights and the bias −{SCANNED[-1]:g} to "
            f"{SCANNED[-1]:g} in steps of {SCANNED[1] - SCANNED[0]:g}, so many classify so many of "
            "the four points correctly.",
            _scan(),
        ),
        "trained": Table(
            f"From {STARTS} starts each, after {STEPS:,} steps at learning rate {RATE:g}: how many "
            "networks classify so many of the four points correctly (an output of ½ does not), and "
            "their lowest and highest cross-entropy.",
            pd.DataFrame([_counted("perceptron", perceptrons), _counted("three units", networks)]),
        ),
        "regions": Table("Outputs.", _regions(perceptrons, networks), drawn=True),
    }


def _units() -> pd.DataFrame:
    said, hidden = outputs(DECK, POINTS)
    return pd.DataFrame(
        {
            "input": [f"{x1:g}, {x2:g}" for x1, x2 in POINTS],
            "y1": hidden[0, :, 0],
            "y2": hidden[0, :, 1],
            "output": said[0],
            "rounded": np.round(said[0]).astype(int),
            "XOR": TARGETS.astype(int),
        }
    )


def _scan() -> pd.DataFrame:
    first, second, bias = (each.ravel() for each in np.meshgrid(SCANNED, SCANNED, SCANNED))
    found = correct({"out": np.stack([first, second], axis=1), "out_bias": bias})
    counts = np.bincount(found, minlength=5)
    return pd.DataFrame({"points_correctly_classified": range(5), "perceptrons": counts})


def _counted(network: str, weights: Weights) -> dict:
    counts, losses = np.bincount(correct(weights), minlength=5), loss(weights)
    of = {f"{points}_correct": counts[points] for points in (4, 3, 2, 1, 0)}
    return {"network": network, **of, "lowest_loss": losses.min(), "highest_loss": losses.max()}


def _regions(perceptrons: Weights, networks: Weights) -> pd.DataFrame:
    """Of either kind, the first of those starts that classify the most points correctly."""
    side = np.linspace(*EDGES, SIDE)
    x1, x2 = (each.ravel() for each in np.meshgrid(side, side))
    shown = {"deck": DECK}
    for name, weights in (("perceptron", perceptrons), ("three_units", networks)):
        best = np.argmax(correct(weights))
        shown[name] = {key: value[best : best + 1] for key, value in weights.items()}
    points = np.stack([x1, x2], axis=1)
    said = {name: outputs(weights, points)[0][0].round(6) for name, weights in shown.items()}
    return pd.DataFrame({"x1": x1, "x2": x2, **said})
