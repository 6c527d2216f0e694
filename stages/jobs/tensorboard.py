"""Event files for TensorBoard: a member's curves while it is being trained, and its network's
graph. Only for studies that ask for them."""

import shutil
import warnings
from pathlib import Path

import torch
from torch.utils.tensorboard import SummaryWriter


class Events:
    """The event files of one member in `folder`; a training that goes on from a checkpoint adds to
    them, a `fresh` one begins them anew."""

    def __init__(self, folder: Path, fresh: bool):
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        self.writer = SummaryWriter(str(folder))

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_) -> None:
        self.writer.close()

    def start(self, training) -> None:
        """Draw the graph of a training's network
        (stages/training/loop.py), as one image sees it."""
        learner = training.learner
        network = learner.network.eval()
        with torch.no_grad(), warnings.catch_warnings():
            # The trace that torch makes is only drawn, never run.
            warnings.simplefilter("ignore")
            self.writer.add_graph(network, learner.scaled(learner.data.train_images[:1]))
        self.writer.flush()

    def epoch(self, row: dict) -> None:
        """Write an epoch's row of the history: losses, accuracies, learning rate."""
        for name, value in row.items():
            if name not in ("member", "epoch") and value is not None:
                self.writer.add_scalar(name, value, row["epoch"])
        self.writer.flush()
