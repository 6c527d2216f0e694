"""Combine the predictions of a rung's members into those of one more rung, with one member."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from stages import command, files, records
from stages.scoring import combining, tasks
from stages.study import fingerprint

# What predictions.npz holds of each setting of the robustness test.
SETTINGS = ("kind", "unit", "amount")


def main(recipe: Path, predictions: Path, run: Path) -> None:
    """Combine a rung's `predictions` (.npz) as `recipe` (JSON) says, and write the result in the
    same form into the folder `run`.

    Raises Problem where the code is no longer the recipe's.
    """
    code, read = records.code_digest("ensemble"), records.read(recipe, predictions)
    resolved = files.read_json(recipe)
    fingerprint.refuse_other(resolved, "stages.ensemble")
    task, combine = tasks.load(resolved["task"]), combining.load(resolved["combine"])
    with np.load(predictions) as data:
        kept = dict(data)
    made = {part: task.finite(kept[f"{part}_predictions"]) for part in ("test", "robustness")}
    votes, boosted = kept.get("votes", np.ones(len(made["test"]))), "votes" in kept
    transformed = [combine(each, votes) for each in made["robustness"].swapaxes(0, 1)]
    files.write_arrays(
        run / "predictions.npz",
        validation_predictions=_validated(kept, task, lambda of: combine(of, votes)),
        test_predictions=combine(made["test"], votes)[None],
        robustness_predictions=_stacked(transformed, made["robustness"])[None],
        **{f"robustness_{key}": kept[f"robustness_{key}"] for key in SETTINGS},
        **curve(made["test"], votes, lambda of, with_: task.condensed(combine(of, with_)), boosted),
    )
    files.write(run / "recipe.json", recipe.read_text(encoding="utf-8"))
    wrote = [run / name for name in records.WRITES["ensemble"]]
    records.write(run / "ensemble.json", "ensemble", read, wrote, code)


def _validated(kept: dict, task, combine: Callable) -> np.ndarray:
    """The combined validation predictions [1, n, ...]; none where each member was validated on
    images of its own."""
    predictions = kept["validation_predictions"]
    if (kept["validation_index"] != kept["validation_index"][0]).any():
        return predictions[:1, :0]
    return combine(task.finite(predictions))[None]


def _stacked(combined: list[np.ndarray], predictions: np.ndarray) -> np.ndarray:
    """Combined predictions [settings, n, ...]; none where members have none."""
    return np.stack(combined) if combined else predictions[0]


def curve(
    predictions: np.ndarray, votes: np.ndarray, combine: Callable, in_turn: bool = False
) -> dict[str, np.ndarray]:
    """The arrays of predictions.npz that hold the curve over 1..M members, from predictions
    [M, n, ...] and `votes` [M]: point i combines choice `curve_series[i]` of `curve_step[i]`
    members; of members that were trained `in_turn`, the first ones."""
    sizes = range(1, len(predictions) + 1)
    choices = [
        (size, i, list(choice))
        for size in sizes
        for i, choice in enumerate(
            [range(size)] if in_turn else combining.subsets(len(predictions), size)
        )
    ]
    combined = [combine(predictions[choice], votes[choice]) for *_, choice in choices]
    return {
        "curve_series": np.array([i for _, i, _ in choices]),
        "curve_step": np.array([size for size, _, _ in choices]),
        "curve_predictions": np.stack(combined),
    }


if __name__ == "__main__":
    command.run(main)
