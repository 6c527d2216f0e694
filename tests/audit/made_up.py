"""A finished study of made-up networks: what training would have left is drawn at random, and
evaluated and reported as ever."""

from pathlib import Path

import numpy as np
from audited_files import Study
from test_report import make_runs, write

from stages import ensemble, evaluate, files
from stages.training.outputs import LAYERS

TEXT = (Path(__file__).parent / "made_up.yaml").read_text(encoding="utf-8")
MEMBERS, EPOCHS = 4, 4
# How many of a rung's networks learn, and how well.
LEARN = {"basic": (0, 0.1), "relu": (2, 0.5), "dropout": (4, 0.6), "stopped": (3, 0.9),
         "alive": (4, 0.6), "without": (4, 0.7), "slow": (4, 0.3), "fast": (4, 0.85),
         "faster": (1, 0.9), "folded": (4, 0.5), "apart": (4, 0.8)}  # fmt: skip
HISTORY = ["member", "epoch", "learning_rate", "train_loss", "train_loss_with_penalty",
           "train_accuracy", "validation_loss", "validation_accuracy"]  # fmt: skip
COMBINED = {"vote": "alive", "mean_of_softmax": "relu", "of_none": "basic"}


def made(folder: Path) -> Study:
    """The study, with its page, below `folder`."""
    runs, random = folder / "runs", np.random.default_rng(1)
    make_runs(runs, TEXT, MEMBERS)
    files.write_array(runs / "train_labels.npy", random.integers(10, size=50))
    truth = np.load(runs / "labels.npy")
    files.write_array(runs / "test_labels.npy", truth)
    for rung, (learn, accuracy) in LEARN.items():
        _draw(runs / "digits" / rung, truth, learn, accuracy, random)
    for name, of in COMBINED.items():
        predictions = runs / "digits" / of / "predictions.npz"
        ensemble.main(runs / "recipes" / f"{name}.json", predictions, runs / "digits" / name)
    for rung in [*LEARN, *COMBINED]:
        run, known = runs / "digits" / rung, ("images.npy", "labels.npy", "classes.json")
        names = (runs / name for name in known)
        evaluate.main(run / "recipe.json", run / "predictions.npz", *names, run)
    _record(runs)
    write(runs, folder / "reports" / "made_up")
    return Study(runs, folder / "reports" / "made_up", {"digits": runs})


def _record(runs: Path) -> None:
    """Say in every record of a training which labels there are."""
    for file in runs.glob("*/*/record.json"):
        record = files.read_json(file)
        record["data"]["train_labels"] = files.sha256(runs / "train_labels.npy")
        files.write_json(file, record)


def _draw(run: Path, truth: np.ndarray, learn: int, accuracy: float, random) -> None:
    """Predictions of which `learn` networks are right that often, and the others say one class; of
    a rung that may stop, the last network diverged."""
    with np.load(run / "predictions.npz") as file:
        arrays = dict(file)
    said = np.where(random.random((MEMBERS, len(truth))) < accuracy, truth, (truth + 1) % 10)
    said[learn:] = random.integers(10, size=(MEMBERS, 1))[learn:]
    softmax = random.dirichlet(np.ones(10), size=said.shape) + 3 * np.eye(10)[said]
    softmax = (softmax / softmax.sum(axis=2, keepdims=True)).astype(np.float32)
    if run.name == "stopped":
        softmax[-1] = np.nan
    places = {"curve_series": np.repeat(np.arange(MEMBERS), EPOCHS)}
    places |= {"curve_step": np.tile(np.arange(1, EPOCHS + 1), MEMBERS)}
    places |= {"curve_predictions": np.repeat(said, EPOCHS, axis=0).astype(np.uint8)}
    settings = arrays["robustness_predictions"].shape[1]
    moved = np.stack([np.roll(softmax, i, axis=1) for i in range(settings)], axis=1)
    of = {"test_predictions": softmax, "robustness_predictions": moved}
    files.write_arrays(run / "predictions.npz", **(arrays | places | of))
    files.write_rows(run / "history.csv", HISTORY, list(_history(learn, random)))
    files.write_rows(run / "diagnostics.csv", LAYERS, list(_layers(learn, random)))


def _history(learn: int, random):
    for member in range(MEMBERS):
        for epoch in range(1, EPOCHS + 1):
            # Equal values, and none at all, come up.
            drawn = dict(zip(HISTORY[3:], random.integers(1, 6, size=5) / 5, strict=True))
            row = {"member": member, "epoch": epoch, "learning_rate": 0.1} | drawn
            lost = member >= learn and epoch > 2
            yield row | ({"validation_loss": None, "train_loss": None} if lost else {})


def _layers(learn: int, random):
    for member in range(MEMBERS):
        for moment, step in (("start", 0), ("training", 1), ("training", 10), ("end", 16)):
            for layer in (1, 2, 3):
                row = dict(zip(LAYERS[6:], random.random(len(LAYERS) - 6), strict=True))
                row |= {"member": member, "moment": moment, "step": step, "layer": layer}
                row |= {"kind": "linear", "units": 3 * layer, "weights": 9 * layer}
                faint = {"activation_std": 1e-5} if member >= learn else {}
                yield row | faint | ({"update_ratio": None} if step in (0, 16) else {})
