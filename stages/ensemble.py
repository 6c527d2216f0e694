"""Combine the predictions of a rung's members into those of one more rung, with one member."""

from pathlib import Path

import numpy as np

from stages import command, files
from stages.scoring import combining, tasks
from stages.study import fingerprint


def main(recipe: Path, predictions: Path, run: Path) -> None:
    """Combine a rung's `predictions` (.npz) as `recipe` (JSON) says, and write them in the same form into the folder `run`.

    Their curve is that over 1..M members: `curve_step` says how many, `curve_series` which choice of that many. Raises Problem where the
    code is no longer the recipe's.
    """
    resolved = files.read_json(recipe)
    fingerprint.refuse_other(resolved, "stages.ensemble")
    task, combine = tasks.load(resolved["task"]), combining.load(resolved["combine"])
    with np.load(predictions) as data:
        validation, test, transformed = (
            task.finite(data[f"{part}_predictions"])
            for part in ("validation", "test", "robustness")
        )
        settings = {
            key: data[key] for key in ("robustness_kind", "robustness_unit", "robustness_amount")
        }
    choices = [
        (size, i, choice)
        for size in range(1, len(test) + 1)
        for i, choice in enumerate(combining.subsets(len(test), size))
    ]
    files.write_arrays(
        run / "predictions.npz",
        validation_predictions=combine(validation)[None],
        test_predictions=combine(test)[None],
        robustness_predictions=np.stack(
            [combine(predicted) for predicted in transformed.swapaxes(0, 1)]
        )[None],
        **settings,
        curve_series=np.array([i for _, i, _ in choices]),
        curve_step=np.array([size for size, _, _ in choices]),
        curve_predictions=np.stack(
            [task.condensed(combine(test[list(choice)])) for _, _, choice in choices]
        ),
    )
    # Last, because it is what tells that the run is the recipe's.
    files.write(run / "recipe.json", recipe.read_text(encoding="utf-8"))


if __name__ == "__main__":
    command.run(main)
