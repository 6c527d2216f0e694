"""Finished studies of made-up networks: what training would have left is drawn at random, and
evaluated and reported as ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from audited_files import Study
from test_report import KNOWN, make_runs, write

from stages import ensemble, evaluate, files
from stages.training.outputs import LAYERS

HERE = Path(__file__).parent
MEMBERS = 4
HISTORY = ["member", "epoch", "learning_rate", "train_loss", "train_loss_with_penalty",
           "train_accuracy", "validation_loss", "validation_accuracy"]  # fmt: skip
AFTER_STEP = ["train_loss_after_step", "train_accuracy_after_step"]


@dataclass(frozen=True)
class Drawn:
    """A study to make up: its name and data set; of each rung how many of its networks learn, and
    how well; which rungs' networks each ensemble combines; after so many epochs."""

    name: str
    dataset: str
    learn: dict[str, tuple[int, float]]
    combined: dict[str, str]
    epochs: int


LARGE = Drawn(
    "made_up",
    "digits",
    {"basic": (0, 0.1), "relu": (2, 0.5), "dropout": (4, 0.6), "stopped": (3, 0.9),
     "alive": (4, 0.6), "without": (4, 0.5), "slow": (2, 0.6), "fast": (4, 0.85),
     "faster": (1, 0.9), "folded": (4, 0.5), "apart": (4, 0.8)},
    {"vote": "alive", "mean_of_softmax": "relu", "of_none": "basic"},
    epochs=4,
)  # fmt: skip
FALL = Drawn(
    "made_up_fall",
    "digits",
    {"basic": (4, 0.8), "relu": (4, 0.4), "dropout": (4, 0.9)},
    {},
    epochs=1,
)
DECK = Drawn("made_up_deck", "cifar10", {"deeper": (0, 0.1), "relu": (4, 0.5)}, {}, epochs=1)


KEPT: dict[str, Study] = {}


def made(folder: Path, drawn: Drawn = LARGE) -> Study:
    """The study, with its page, not to be changed: below `folder`, or where it was made before."""
    if drawn.name not in KEPT:
        KEPT[drawn.name] = _made(folder, drawn)
    return KEPT[drawn.name]


def _made(folder: Path, drawn: Drawn) -> Study:
    runs, random = folder / "runs", np.random.default_rng(1)
    make_runs(runs, (HERE / f"{drawn.name}.yaml").read_text(encoding="utf-8"), MEMBERS)
    files.write_array(runs / "train_labels.npy", random.integers(10, size=50))
    truth, of = np.load(runs / "labels.npy"), runs / drawn.dataset
    files.write_array(runs / "test_labels.npy", truth)
    for rung in drawn.learn:
        _draw(of / rung, truth, drawn, random)
    for name, members in drawn.combined.items():
        predictions = of / members / "predictions.npz"
        ensemble.main(runs / "recipes" / f"{name}.json", predictions, of / name)
    for rung in [*drawn.learn, *drawn.combined]:
        names = (runs / name for name in KNOWN)
        evaluate.main(of / rung / "recipe.json", of / rung / "predictions.npz", *names, of / rung)
    _record(runs)
    write(runs, folder / "reports" / drawn.name)
    return Study(runs, folder / "reports" / drawn.name, {drawn.dataset: runs})


def _record(runs: Path) -> None:
    """Say in every record of a training which labels there are, and in which precision it was."""
    for file in runs.glob("*/*/record.json"):
        record = files.read_json(file)
        record["data"]["train_labels"] = files.sha256(runs / "train_labels.npy")
        record["environment"]["precision"] = "float32"
        files.write_json(file, record)


def _draw(run: Path, truth: np.ndarray, drawn: Drawn, random) -> None:
    """Predictions of which so many networks are right that often, and the others say one class; of
    a rung that may stop, the last network diverged."""
    with np.load(run / "predictions.npz") as file:
        arrays = dict(file)
    learn, accuracy = drawn.learn[run.name]
    said = np.where(random.random((MEMBERS, len(truth))) < accuracy, truth, (truth + 1) % 10)
    said[learn:] = random.integers(10, size=(MEMBERS, 1))[learn:]
    softmax = random.dirichlet(np.ones(10), size=said.shape) + 3 * np.eye(10)[said]
    softmax = (softmax / softmax.sum(axis=2, keepdims=True)).astype(np.float32)
    if run.name == "stopped":
        softmax[-1] = np.nan
    arrays["curve_series"] = np.repeat(np.arange(MEMBERS), drawn.epochs)
    arrays["curve_step"] = np.tile(np.arange(1, drawn.epochs + 1), MEMBERS)
    arrays["curve_predictions"] = np.repeat(said, drawn.epochs, axis=0).astype(np.uint8)
    settings = arrays["robustness_predictions"].shape[1]
    moved = np.stack([np.roll(softmax, i, axis=1) for i in range(settings)], axis=1)
    of = {"test_predictions": softmax, "robustness_predictions": moved}
    files.write_arrays(run / "predictions.npz", **(arrays | of))
    deck = drawn is DECK
    history = _of_deck(random) if deck else _history(run.name, drawn, random)
    files.write_rows(run / "history.csv", HISTORY + AFTER_STEP * deck, list(history))
    files.write_rows(run / "diagnostics.csv", LAYERS, list(_layers(deck, learn, random)))


def _history(rung: str, drawn: Drawn, random) -> Iterator[dict]:
    """Equal values, and none at all, come up; what validates best is not what tests best."""
    for member in range(MEMBERS):
        for epoch in range(1, drawn.epochs + 1):
            values = dict(zip(HISTORY[3:], random.integers(1, 6, size=5) / 5, strict=True))
            row = {"member": member, "epoch": epoch, "learning_rate": 0.1} | values
            if rung == "without":
                row["validation_accuracy"] = 1.0
            lost = member >= drawn.learn[rung][0] and epoch > 2
            yield row | ({"validation_loss": None, "train_loss": None} if lost else {})


def _of_deck(random) -> Iterator[dict]:
    """A loss near what deck 001 prints for `deeper`, and an accuracy that is not."""
    for member in range(MEMBERS):
        row = dict.fromkeys(HISTORY, 0.5) | {"member": member, "epoch": 1}
        row |= dict.fromkeys(HISTORY[-2:])
        yield row | {AFTER_STEP[0]: 2.304 + 0.001 * random.normal(), AFTER_STEP[1]: 0.2}


def _layers(calm: bool, learn: int, random) -> Iterator[dict]:
    """What was seen inside; of networks that don't learn, no spread in the last hidden layer."""
    for member in range(MEMBERS):
        for moment, step in (("start", 0), ("training", 1), ("training", 10), ("end", 16)):
            for layer in (1, 2, 3):
                values = np.full(10, 0.1) if calm else random.random(10)
                row = dict(zip(LAYERS[6:], values, strict=True))
                row |= {"member": member, "moment": moment, "step": step, "layer": layer}
                row |= {"kind": "linear", "units": 3 * layer, "weights": 9 * layer}
                faint = {"activation_std": 1e-5} if member >= learn and not calm else {}
                yield row | faint | ({"update_ratio": None} if step in (0, 16) else {})
