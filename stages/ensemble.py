"""Combine the predictions of a rung's members into those of one more rung, with one member."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from stages import command, files
from stages.scoring import combining, tasks
from stages.study import fingerprint

# What predictions.npz holds of each setting of the robustness test.
SETTINGS = ("kind", "unit", "amount")


def main(recipe: Path, predictions: Path, run: Path) -> None:
    """Combine a rung's `predictions` (.npz) as `recipe` (JSON) says, and write the result in the
    same form into the folder `run`.

    Raises Problem where the code is no longer the recipe's.
    """
    resolved = files.read_json(recipe)
    fingerprint.refuse_other(resolved, "stages.ensemble")
    task, combine = tasks.load(resolved["task"]), combining.load(resolved["combine"])
    with np.load(predictions) as data:
        validation, test, transformed = (
            task.finite(data[f"{part}_predictions"])
            for part in ("validation", "test", "robustness")
        )
        settings = {f"robustness_{key}": data[f"robustness_{key}"] for key in SETTINGS}
    files.write_arrays(
        run / "predictions.npz",
        validation_predictions=combine(validation)[None],
        test_predictions=combine(test)[None],
        robustness_predictions=np.stack([*map(combine, transformed.swapaxes(0, 1))])[None],
        **settings,
        **curve(test, lambda chosen: task.condensed(combine(chosen))),
    )
    # Last, because it is what tells that the run is the recipe's.
    files.write(run / "recipe.json", recipe.read_text(encoding="utf-8"))


def curve(
    predictions: np.ndarray, combine: Callable[[np.ndarray], np.ndarray]
) -> dict[str, np.ndarray]:
    """The arrays of predictions.npz that hold the curve over 1..M members, from predictions
    [M, n, ...]: point i combines choice `curve_series[i]` of `curve_step[i]` members."""
    choices = [
        (size, i, list(choice))
        for size in range(1, len(predictions) + 1)
        for i, choice in enumerate(combining.subsets(len(predictions), size))
    ]
    return {
        "curve_series": np.array([i for _, i, _ in choices]),
        "curve_step": np.array([size for size, _, _ in choices]),
        "curve_predictions": np.stack([combine(predictions[choice]) for *_, choice in choices]),
    }


if __name__ == "__main__":
    command.run(main)
