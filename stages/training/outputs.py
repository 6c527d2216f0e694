"""The files that the members of a rung leave."""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from stages import files, tasks
from stages.training.exported import ABOUT
from stages.training.member import Member
from stages.training.robustness import settings
from stages.training.sums import AFTER_STEP

LAYERS = [
    "member", "moment", "step", "layer", "kind", "units", "activation_mean", "activation_std",
    "constant_units", "dead_units", "saturated", "weights", "weight_rms", "gradient_norm",
    "gradient_rms", "update_ratio",
]  # fmt: skip
HISTOGRAMS = ["member", "moment", "layer", "quantity", "low", "high", "share"]


def write(members: list[Member], task: str, run: Path, about: dict) -> None:
    """Write weights ({member}.{parameter}; `about` says what they are of: exported.py), the
    history, the diagnostics (histograms: of the first member), and predictions.

    predictions.npz: `validation_predictions` and `test_predictions` [members, n, ...];
    `robustness_predictions` [members, settings, n, ...] of the first test images, where setting i
    is so much (`robustness_amount[i]`, in `robustness_unit[i]`) of `robustness_kind[i]`; and the
    condensed test predictions on the way there, `curve_predictions` [points, n, ...], where point i
    is that of member `curve_series[i]` after epoch `curve_step[i]`. `validation_index` [members, n]
    says on which of the data set's training images each was validated (it ends in -1, and the
    predictions in NaN, where a member has fewer than others); boosted members have `votes`
    [members].
    """
    from safetensors.torch import save

    learned = tasks.load(task)
    score = learned.SCORE
    history = _columns(score, members[0].history[0])
    named = save(_weights(members), {ABOUT: files.canonical(about)})
    files.write(run / "weights.safetensors", named)
    epochs = [row for member in members for row in member.history]
    files.write_rows(run / "history.csv", history, epochs)
    layers = [row for member in members for row in member.layers]
    files.write_rows(run / "diagnostics.csv", LAYERS, layers)
    files.write_rows(run / "histograms.csv", HISTOGRAMS, members[0].histograms)
    tested = {f"robustness_{name}": of for name, of in settings(learned.KEPT_UNDER).items()}
    arrays = _at_the_end(members) | tested | _on_the_way(members)
    files.write_arrays(run / "predictions.npz", **arrays)


def _columns(score: str, row: dict) -> list[str]:
    """The history's columns; those after each step where that was measured."""
    trained = ["train_loss", "train_loss_with_penalty", f"train_{score}"]
    after = [f"train_{name}{AFTER_STEP}" for name in ("loss", score)]
    validated = ["validation_loss", f"validation_{score}"]
    measured = [name for name in after if name in row]
    return ["member", "epoch", "learning_rate", *trained, *measured, *validated]


def _weights(members: list[Member]) -> dict[str, torch.Tensor]:
    named = [
        (i, name, of) for i, member in enumerate(members) for name, of in member.weights.items()
    ]
    return {f"{i}.{name}": value for i, name, value in named}


def _at_the_end(members: list[Member]) -> dict[str, np.ndarray]:
    return _of_some(members) | {
        "validation_predictions": _padded(member.validation_predictions for member in members),
        "test_predictions": _stack(member.test_predictions for member in members),
        "robustness_predictions": _stack(member.robustness_predictions for member in members),
        "validation_index": _padded((member.validation for member in members), -1),
    }


def _of_some(members: list[Member]) -> dict[str, np.ndarray]:
    """What only the members of some rungs have."""
    if members[0].vote is None:
        return {}
    return {"votes": np.array([member.vote for member in members])}


def _padded(tensors: Iterable[torch.Tensor], end: float = math.nan) -> np.ndarray:
    """Tensors [n, ...] in one array [members, longest, ...], filled up at their ends."""
    return pad_sequence(list(tensors), batch_first=True, padding_value=end).cpu().numpy()


def _on_the_way(members: list[Member]) -> dict[str, np.ndarray]:
    points = [(i, made) for i, member in enumerate(members) for made in member.epoch_predictions]
    return {
        "curve_series": np.array([i for i, _ in points]),
        "curve_step": np.array([row["epoch"] for member in members for row in member.history]),
        "curve_predictions": _stack(predictions for _, predictions in points),
    }


def _stack(tensors) -> np.ndarray:
    return torch.stack(list(tensors)).cpu().numpy()
