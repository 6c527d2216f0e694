"""Dropout multiplies activations by a mask D of zeros and ones, element by element, drawn anew for
each image and step: deck 002's small network is softmax(W3 tanh(W2 Mask(D, tanh(W1 x)))), with each
entry of D one with probability ½ (the weights here are drawn from a seed).

On average over all masks, half of each sum in the next layer is missing. So either the weights are
halved at test time, or what is kept is divided by the probability to keep it while training, as
torch does.

Standard dropout draws for each value, spatial dropout for each channel: neighbours in a map say
nearly the same, so that a value that is missing is made up for by those beside it, and only a whole
missing map is missed.
"""

from itertools import product

import numpy as np
import pandas as pd

from stages.lessons import Table

TITLE = "Dropout"
KEEP = 0.5
INPUTS, HIDDEN, OUTPUTS = 3, 4, 2
CHANNELS, MOMENTS = 6, 12


def network(seed: int = 0) -> dict[str, np.ndarray]:
    """Weights W1 [4, 3], W2 [4, 4], W3 [2, 4], an image x [3], and a mask D [4]."""
    random = np.random.RandomState(seed)
    shapes = {"W1": (HIDDEN, INPUTS), "W2": (HIDDEN, HIDDEN), "W3": (OUTPUTS, HIDDEN)}
    made = {name: random.randn(*shape).round(1) for name, shape in shapes.items()}
    return made | {"x": np.array([1.0, -0.5, 0.5]), "D": np.array([1.0, 0.0, 0.0, 1.0])}


def forward(w: dict[str, np.ndarray], mask: np.ndarray) -> dict[str, np.ndarray]:
    """Every vector on the way, with a mask [4]."""
    hidden = np.tanh(w["W1"] @ w["x"])
    masked = mask * hidden
    sums = w["W2"] @ masked
    scores = w["W3"] @ np.tanh(sums)
    shares = np.exp(scores - scores.max())
    names = ("tanh(W1 x)", "Mask(D, tanh(W1 x))", "W2 Mask", "softmax")
    return dict(zip(names, (hidden, masked, sums, shares / shares.sum()), strict=True))


def mean_sums(w: dict[str, np.ndarray]) -> np.ndarray:
    """The sums of the second layer, on average over all 16 masks, each as likely at ½."""
    masks = product((0.0, 1.0), repeat=HIDDEN)
    return np.mean([forward(w, np.array(mask))["W2 Mask"] for mask in masks], axis=0)


def masks(seed: int = 1) -> dict[str, np.ndarray]:
    """A standard and a spatial mask of CHANNELS maps of MOMENTS values, zeros and ones."""
    random = np.random.RandomState(seed)
    standard = (random.rand(CHANNELS, MOMENTS) < KEEP).astype(int)
    channels = (random.rand(CHANNELS, 1) < KEEP).astype(int)
    return {"standard": standard, "spatial": channels.repeat(MOMENTS, axis=1)}


def tables() -> dict[str, Table]:
    """The network with its mask and without one, the mean over all masks, and two masks of maps."""
    w = network()
    return {
        "masks": Table("Masks.", _masks(), drawn=True),
        "network": Table(
            "Deck 002's network, unit by unit, without dropout and with the mask D.", _network(w)
        ),
        "means": Table(
            "The sums of the second layer: their mean over all 16 masks is half of what it is "
            "without dropout; what is kept divided by ½, as torch does, makes up for it.",
            _means(w),
        ),
    }


def _network(w: dict[str, np.ndarray]) -> pd.DataFrame:
    whole, dropped = forward(w, np.ones(HIDDEN)), forward(w, w["D"])
    rows = [
        {
            "unit": unit + 1,
            "tanh(W1 x)": whole["tanh(W1 x)"][unit],
            "D": int(w["D"][unit]),
            "Mask(D, tanh(W1 x))": dropped["Mask(D, tanh(W1 x))"][unit],
            "W2 tanh(W1 x)": whole["W2 Mask"][unit],
            "W2 Mask": dropped["W2 Mask"][unit],
            **{
                name: seen["softmax"][unit] if unit < OUTPUTS else None
                for name, seen in (("softmax without D", whole), ("softmax with D", dropped))
            },
        }
        for unit in range(HIDDEN)
    ]
    return pd.DataFrame(rows)


def _means(w: dict[str, np.ndarray]) -> pd.DataFrame:
    whole, mean = forward(w, np.ones(HIDDEN))["W2 Mask"], mean_sums(w)
    columns = {"without dropout": whole, "mean over masks": mean, "mean, divided by ½": mean / KEEP}
    return pd.DataFrame({"unit": range(1, HIDDEN + 1), **columns})


def _masks() -> pd.DataFrame:
    rows = [
        (name, channel, moment, value)
        for name, values in masks().items()
        for (channel, moment), value in np.ndenumerate(values)
    ]
    return pd.DataFrame(rows, columns=["dropout", "channel", "moment", "kept"])
