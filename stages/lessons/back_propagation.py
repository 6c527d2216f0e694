"""Back-propagation is the chain rule, from the error back to each weight: the derivative by what
comes out of a unit, times F' = F (1 − F) of the sigmoid, is that by the unit's sum; this times an
input of the unit is the derivative by that input's weight, and times the weight, what the unit
passes back to the input.

Here are all numbers of it for deck 003's XOR network (y1 = s(z1), z1 = a1 x1 + a2 x2 + a0; y2 =
s(z2), z2 = b1 x1 + b2 x2 + b0; out = s(z3), z3 = c1 y1 + c2 y2 + c0), for the input (1, 1), whose
target t is 0, and the squared error E = ½ (out − t)².
"""

import pandas as pd

from stages.lessons import Table
from stages.lessons._units import sigmoid

TITLE = "Back-propagation"
WEIGHTS = {
    "a1": 5.0, "a2": 5.0, "a0": -8.0,
    "b1": -7.0, "b2": -7.0, "b0": 3.0,
    "c1": -11.0, "c2": -11.0, "c0": 6.0,
}  # fmt: skip
X1, X2, TARGET = 1.0, 1.0, 0.0
# A large step, because the derivatives are small: the network is nearly right.
RATE = 10.0

# Each number of the backward pass as a formula of the numbers before it.
BACKWARD = {
    "∂E/∂out": "out − t",
    "∂E/∂z3": "∂E/∂out · out (1 − out)",
    "∂E/∂c1": "∂E/∂z3 · y1",
    "∂E/∂c2": "∂E/∂z3 · y2",
    "∂E/∂c0": "∂E/∂z3",
    "∂E/∂y1": "∂E/∂z3 · c1",
    "∂E/∂y2": "∂E/∂z3 · c2",
    "∂E/∂z1": "∂E/∂y1 · y1 (1 − y1)",
    "∂E/∂z2": "∂E/∂y2 · y2 (1 − y2)",
    "∂E/∂a1": "∂E/∂z1 · x1",
    "∂E/∂a2": "∂E/∂z1 · x2",
    "∂E/∂a0": "∂E/∂z1",
    "∂E/∂b1": "∂E/∂z2 · x1",
    "∂E/∂b2": "∂E/∂z2 · x2",
    "∂E/∂b0": "∂E/∂z2",
}


def forward(w: dict[str, float]) -> dict[str, float]:
    """Every number from the input to the error, with the weights `w`."""
    z1 = w["a1"] * X1 + w["a2"] * X2 + w["a0"]
    z2 = w["b1"] * X1 + w["b2"] * X2 + w["b0"]
    y1, y2 = float(sigmoid(z1)), float(sigmoid(z2))
    z3 = w["c1"] * y1 + w["c2"] * y2 + w["c0"]
    out = float(sigmoid(z3))
    error = 0.5 * (out - TARGET) ** 2
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2, "z3": z3, "out": out, "E": error}


def backward(w: dict[str, float], seen: dict[str, float]) -> dict[str, float]:
    """The derivative of the error by each number, the last first, from what `forward` has seen."""
    y1, y2, out = seen["y1"], seen["y2"], seen["out"]
    d = {"out": out - TARGET}
    d["z3"] = d["out"] * out * (1 - out)
    d |= {"c1": d["z3"] * y1, "c2": d["z3"] * y2, "c0": d["z3"]}
    d |= {"y1": d["z3"] * w["c1"], "y2": d["z3"] * w["c2"]}
    d |= {"z1": d["y1"] * y1 * (1 - y1), "z2": d["y2"] * y2 * (1 - y2)}
    for unit, letter in (("z1", "a"), ("z2", "b")):
        d |= {f"{letter}1": d[unit] * X1, f"{letter}2": d[unit] * X2, f"{letter}0": d[unit]}
    return {f"∂E/∂{name}": value for name, value in d.items()}


def tables() -> dict[str, Table]:
    """The forward pass, the backward pass, and what one step of gradient descent does."""
    seen = forward(WEIGHTS)
    slopes = backward(WEIGHTS, seen)
    back = [(name, formula, slopes[name]) for name, formula in BACKWARD.items()]
    stepped = {name: value - RATE * slopes[f"∂E/∂{name}"] for name, value in WEIGHTS.items()}
    steps = [(name, value, stepped[name]) for name, value in WEIGHTS.items()]
    steps += [(name, seen[name], forward(stepped)[name]) for name in ("out", "E")]
    return {
        "forward": Table("From the input to the error.", _frame("quantity value", seen.items())),
        "backward": Table("From the error back.", _frame("derivative chain_rule value", back)),
        "step": Table(
            f"One step of gradient descent, at learning rate {RATE:g}: the error falls.",
            _frame("quantity before after", steps),
        ),
    }


def _frame(columns: str, rows) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())
