"""A start should keep the variance of a signal from layer to layer. A unit adds up n_in products,
so that the weights' variance must be near 1/n_in (Xavier, forward), or 2/(n_in + n_out) for a
compromise with the way back; behind a ReLU, of whose sums half are cut off, E[x²] = Var(y)/2, and
it must be twice that: 2/n_in (He). At n_in = 4 and n_out = 3 this is 1/4, 2/7 and 2/4 (deck 002).

Two misprints: deck 002 prints He's uniform range as ±√(6/(n_in + n_out)), which is Xavier's; and
deck 003 prints He's variance as 4/(n_in + n_out), which is 2/n_in only where n_in is n_out.

Measured here, in ten layers of 1,024 units on 32 inputs: with standard deviation 0.01 the signal
dies out, with 0.05 it grows until tanh saturates, and with ReLU without end; Xavier's start lets it
fade slowly with tanh and halves its variance in each layer with ReLU; He's keeps it with ReLU.
"""

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Initialization"
N_IN, N_OUT = 4, 3
INPUTS, UNITS, LAYERS = 32, 1024, 10
ACTIVATIONS = {"tanh": np.tanh, "ReLU": lambda z: np.maximum(z, 0)}
# Start → the weights' standard deviation in a layer with as many inputs as units.
STARTS = {
    "0.01": 0.01,
    "0.05": 0.05,
    "Xavier": np.sqrt(2 / (UNITS + UNITS)),
    "He": np.sqrt(2 / UNITS),
}


def variances(n_in: int, n_out: int) -> pd.DataFrame:
    """The decks' rules at these sizes: variance, and ± what for a uniform start."""
    both = n_in + n_out
    rows = [
        ("Xavier, both ways", "2/(n_in + n_out)", 2 / both),
        ("Xavier, forward", "1/n_in", 1 / n_in),
        ("He", "2/n_in", 2 / n_in),
        ("He as deck 003 prints it", "4/(n_in + n_out)", 4 / both),
        ("He uniform as deck 002 prints it", "6/(n_in + n_out)/3", 6 / both / 3),
    ]
    table = pd.DataFrame(rows, columns=["start", "rule", "variance"])
    # A uniform distribution on ±a has variance a²/3.
    table["standard deviation"] = np.sqrt(table["variance"])
    table["uniform on ±"] = np.sqrt(3 * table["variance"])
    return table


def activations(inputs: np.ndarray, weights: np.ndarray, std: float, activation) -> list:
    """The activations of each layer: inputs [B, n], standard normal `weights` [layers, n, n] times
    `std`."""
    seen, found = inputs, []
    for layer in weights:
        seen = activation(std * (seen @ layer))
        found.append(seen)
    return found


def drawn(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Standard normal inputs [INPUTS, UNITS] and weights [LAYERS, UNITS, UNITS], the same for all
    starts."""
    random = np.random.RandomState(seed)
    return random.randn(INPUTS, UNITS), random.randn(LAYERS, UNITS, UNITS)


def tables() -> dict[str, Table]:
    """The decks' numbers, and the standard deviation of the activations layer by layer."""
    measured = _measured()
    wide = measured.pivot(index="layer", columns=["activation", "start"], values="std")
    wide.columns = [f"{activation}, {start}" for activation, start in wide.columns]
    return {
        "spread": Table("Standard deviations.", measured, drawn=True),
        "variances": Table(
            f"At n_in = {N_IN}, n_out = {N_OUT}: the variance of the weights, and the range of a "
            "uniform distribution that has it.",
            variances(N_IN, N_OUT),
        ),
        "layers": Table(
            "The standard deviation of the activations, over inputs and units, by activation and "
            "start; that of the inputs is 1.",
            wide.reset_index(),
        ),
        "behind_relu": Table(
            "Behind a ReLU, the mean square is half of its sums' variance, measured.",
            _behind_relu(),
        ),
    }


def _measured() -> pd.DataFrame:
    inputs, weights = drawn()
    rows = [
        {"activation": name, "start": start, "layer": layer, "std": float(seen.std())}
        for name, activation in ACTIVATIONS.items()
        for start, std in STARTS.items()
        for layer, seen in enumerate(activations(inputs, weights, std, activation), start=1)
    ]
    return pd.DataFrame(rows)


def _behind_relu() -> pd.DataFrame:
    sums = np.random.RandomState(1).randn(100_000)
    square = np.mean(ACTIVATIONS["ReLU"](sums) ** 2)
    names = ["sums y", "Var(y)", "E[x²], x = ReLU(y)", "E[x²] / Var(y)"]
    return pd.DataFrame([(len(sums), sums.var(), square, square / sums.var())], columns=names)
