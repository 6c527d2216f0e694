"""What layers tell before training: why a rung stays at chance level, and what a rung changes
inside the networks."""

from dataclasses import dataclass

import pandas as pd

# A share of gradient or signal that is as good as none.
FADED = 0.01
# Where more of a layer's units are constant, hardly anything passes it.
MOSTLY = 0.5
# Changes from one rung to the next that are large: tenfold for the gradient, a fifth of the hidden
# units.
TENFOLD, A_FIFTH = 10, 0.2


@dataclass(frozen=True)
class Reason:
    """Why a rung stays at chance level, each None where it is no reason: the RMS gradient of the
    first layer as a share of the last one's; the standard deviation of the last hidden layer's
    activations as a share of the first one's; the share of its units that are constant."""

    rung: str
    gradient: float | None = None
    signal: float | None = None
    constant_units: float | None = None


@dataclass(frozen=True)
class Change:
    """What a rung changes before training against the rung `below`, each None where it is not
    large: how many times as large the RMS gradient of the first layer is; the shares of hidden
    units that are constant, in the rung below and in this one."""

    rung: str
    below: str
    gradient: float | None = None
    constant_units: tuple[float, float] | None = None


def reasons(diagnostics: pd.DataFrame, rungs: list[str]) -> list[Reason]:
    """Of the `rungs` at chance level, those that have a reason. A rung of less than three layers
    has no hidden one to look at."""
    start = diagnostics[diagnostics["moment"] == "start"].sort_values("layer", kind="stable")
    parts = [(rung, start[start["rung"] == rung]) for rung in rungs]
    found = [_reason(rung, layers) for rung, layers in parts if len(layers) >= 3]
    return [reason for reason in found if reason != Reason(reason.rung)]


def _reason(rung: str, layers: pd.DataFrame) -> Reason:
    first, hidden, last = layers.iloc[0], layers.iloc[-2], layers.iloc[-1]
    return Reason(
        rung,
        _faded(first["gradient_rms"], last["gradient_rms"]),
        _faded(hidden["activation_std"], first["activation_std"]),
        hidden["constant_units"] if hidden["constant_units"] > MOSTLY else None,
    )


def _faded(value: float, reference: float) -> float | None:
    return value / reference if value < FADED * reference else None


def changes(diagnostics: pd.DataFrame, compared: list[tuple[str, str | None]]) -> list[Change]:
    """What is large among the changes from rung to rung; `compared` holds each rung and the one
    below it."""
    start = diagnostics[diagnostics["moment"] == "start"]
    gradient = start[start["layer"] == 1].set_index("rung")["gradient_rms"]
    hidden = start[start["layer"] < start.groupby("rung")["layer"].transform("max")]
    constant = hidden.groupby("rung")["constant_units"].mean()
    # A rung of one layer has no hidden units: NaN, of which no change is large.
    constant = constant.reindex(gradient.index)
    found = [
        _change(rung, below, gradient[rung] / gradient[below], (constant[below], constant[rung]))
        for rung, below in compared
        if below is not None and rung in gradient and gradient[below] > 0
    ]
    return [change for change in found if change != Change(change.rung, change.below)]


def _change(rung: str, below: str, ratio: float, constant: tuple[float, float]) -> Change:
    before, after = constant
    return Change(
        rung,
        below,
        ratio if ratio >= TENFOLD or ratio <= 1 / TENFOLD else None,
        constant if abs(after - before) >= A_FIFTH else None,
    )
