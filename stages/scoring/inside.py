"""What was measured inside each network early in its training, in six numbers, and which of them
pass a limit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Judged after so many updates: late enough that the learning rate counts, early enough that what is
# seen is not yet what was learned.
STEP = 10
# What networks that learned may differ in from those that did not; these and no others are tested.
MEASUREMENTS = (
    "first_gradient",
    "last_spread",
    "constant_units",
    "dead_units",
    "saturated",
    "update_ratio",
)
COLUMNS = ["dataset", "rung", "member", "step", "finite", *MEASUREMENTS, "zero_weights", "learned"]

# Where more of the hidden units are constant, hardly anything passes; and more networks than this
# are most of a rung's.
MOSTLY = 0.5


@dataclass(frozen=True)
class Limit:
    """A fault, and the measurement that shows it where it is `above` a limit, or else below; told
    of a rung where more than the share `told_from` of its networks show it."""

    fault: str
    measurement: str
    limit: float
    above: bool = True
    told_from: float = MOSTLY

    def passed(self, values: pd.Series) -> pd.Series:
        """Which values show the fault; none that was not measured."""
        return values > self.limit if self.above else values < self.limit


# A standardized input varies by 1, and a start is to keep that from layer to layer (Glorot and
# Bengio 2010; He et al. 2015): a thousand times more or less is far from it. An update is about a
# thousandth of the weights where a rate suits (Karpathy, CS231n, "Ratio of weights:updates"): a
# hundredth of that is far below. Far above is 0.3, not 0.1, because weights that a batch
# normalization scales anyway bear more: 0.10 was seen of networks that learn
# (tests/scoring/test_faults.py). Units that are mostly dead are ReLUs whose bias or rate is wrong
# (CS231n, "Commonly used activation functions").
LIMITS = (
    Limit("not_finite", "finite", 1, above=False, told_from=0),
    Limit("zero_weights", "zero_weights", MOSTLY),
    Limit("dead", "dead_units", MOSTLY),
    Limit("constant", "constant_units", MOSTLY),
    Limit("saturated", "saturated", MOSTLY),
    Limit("faint", "last_spread", 1e-3, above=False),
    Limit("exploding", "last_spread", 1e3),
    Limit("updates_too_small", "update_ratio", 1e-5, above=False),
    Limit("updates_too_large", "update_ratio", 0.3),
)


def measured(layers: pd.DataFrame) -> pd.DataFrame:
    """A row of COLUMNS, but for `learned`, for each network of diagnostics.csv's rows of all rungs,
    at the last step up to STEP at which all of its data set's were seen.

    `first_gradient` is the RMS gradient of the first layer, `last_spread` the activations' spread
    in the last hidden one; the next three are shares of all hidden units, whatever their layer.
    NaN where a network has no such layer, and where it is no longer `finite`. `update_ratio` is the
    largest of the updates seen so far that were, each the median over layers.
    """
    early = layers[(layers["moment"] != "end") & (layers["step"] <= STEP)]
    rows = []
    for dataset, of_dataset in early.groupby("dataset", sort=False):
        networks = of_dataset.groupby(["rung", "member"], sort=False)
        step = int(networks["step"].max().min())
        for (rung, member), of in networks:
            row = {"dataset": dataset, "rung": rung, "member": member, "step": step}
            rows.append(row | _of_network(of[of["step"] <= step], step))
    return pd.DataFrame(rows, columns=COLUMNS[:-1])


def _of_network(layers: pd.DataFrame, step: int) -> dict:
    now = layers[layers["step"] == step].sort_values("layer", kind="stable")
    start, ratios = layers[layers["step"] == 0], layers.groupby("step")["update_ratio"].median()
    finite = bool(np.isfinite(now[["activation_std", "gradient_rms"]].to_numpy(dtype=float)).all())
    return {
        "finite": int(finite),
        **dict.fromkeys(MEASUREMENTS, np.nan),
        **(_of_layers(now) if finite else {}),
        "update_ratio": ratios.max(),
        "zero_weights": (start["weight_rms"] == 0).mean(),
    }


def _of_layers(layers: pd.DataFrame) -> dict:
    hidden = layers.iloc[:-1]
    return {
        "first_gradient": layers["gradient_rms"].iloc[0],
        "last_spread": hidden["activation_std"].iloc[-1] if len(hidden) else np.nan,
        **{name: of_units(hidden, name) for name in ("constant_units", "dead_units", "saturated")},
    }


def of_units(layers: pd.DataFrame, share: str) -> float:
    """A share of the units of several layers, of those that have one; NaN where none has."""
    known = layers.dropna(subset=share)
    units = known["units"].sum()
    return float((known[share] * known["units"]).sum() / units) if units else np.nan


FAULTS = ["dataset", "rung", "fault", "measurement", "side", "limit", "step", "members", "showing",
          "median", "least", "greatest", "known", "learned"]  # fmt: skip


def faults(networks: pd.DataFrame) -> pd.DataFrame:
    """A row of FAULTS for each limit that more than half of a rung's networks pass, learned or not
    (of values that are not finite: any network): how many of its `members` are `showing` it, the
    measurement's median and range, and how many of those that are `known` to have learned or not
    have `learned`."""
    rows = [
        _fault(dataset, rung, of, limit)
        for (dataset, rung), of in networks.groupby(["dataset", "rung"], sort=False)
        for limit in LIMITS
        if limit.passed(of[limit.measurement]).mean() > limit.told_from
    ]
    return pd.DataFrame(rows, columns=FAULTS)


def _fault(dataset: str, rung: str, networks: pd.DataFrame, limit: Limit) -> dict:
    values, known = networks[limit.measurement], networks["learned"].dropna()
    return {
        "dataset": dataset,
        "rung": rung,
        "fault": limit.fault,
        "measurement": limit.measurement,
        "side": "above" if limit.above else "below",
        "limit": limit.limit,
        "step": networks["step"].iloc[0],
        "members": len(networks),
        "showing": int(limit.passed(values).sum()),
        "median": values.median(),
        "least": values.min(),
        "greatest": values.max(),
        "known": len(known),
        "learned": int(known.sum()),
    }
