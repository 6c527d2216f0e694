"""The lines that a training prints: how far it is, how good, how long it still takes."""

import logging
from types import SimpleNamespace

import pytest

from stages.jobs import progress
from stages.jobs.progress import Progress, bar

ROW = {
    **{"member": 0, "epoch": 1, "train_loss": 1.23456},
    **{"train_accuracy": 0.5, "validation_accuracy": 0.25},
}


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets: seconds."""
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now.seconds)
    return now


def training(epochs: int = 0, step: int = 0) -> SimpleNamespace:
    """A training that has so many epochs behind it, and so many steps of the next."""
    task = SimpleNamespace(SCORE="accuracy")
    return SimpleNamespace(task=task, history=[ROW] * epochs, step=step, member=0)


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, "...."), (0.24, "...."), (0.5, "##.."), (0.99, "###."), (1, "####")]
)
def test_the_bar_is_full_only_at_the_end(share, drawn):
    assert bar(share, cells=4) == drawn


def test_a_line_says_whose_it_is_and_what_is_left(clock, caplog):
    caplog.set_level(logging.INFO, "rungs")
    watcher = Progress("relu", members=2, epochs=2)
    watcher.start(training())
    clock.seconds = 10
    watcher.epoch(ROW)
    assert caplog.messages == [
        "relu [#####...............] member 1/2, epoch 1/2, "
        "loss 1.2346, train 0.500, validation 0.250, 30 s left"
    ]


def test_without_validation_images_a_line_has_nothing_of_them(clock, caplog):
    caplog.set_level(logging.INFO, "rungs")
    watcher = Progress("relu", members=1, epochs=1)
    watcher.start(training())
    watcher.epoch(ROW | {"validation_accuracy": None})
    assert caplog.messages[0].endswith("train 0.500, 0 s left")


def test_the_terminal_is_told_now_and_then_and_the_log_always(clock, caplog):
    caplog.set_level(logging.DEBUG, "rungs")
    watcher = Progress("relu", members=1, epochs=4)
    watcher.start(training())
    for seconds, epoch in [(1, 1), (5, 2), (6, 3), (7, 4)]:
        clock.seconds = seconds
        watcher.epoch(ROW | {"epoch": epoch})
    levels = [record.levelname for record in caplog.records]
    assert levels == ["DEBUG", "INFO", "DEBUG", "INFO"], "every 5 s, and the last one"


def test_epochs_of_a_checkpoint_are_done_but_took_no_time(clock, caplog):
    caplog.set_level(logging.INFO, "rungs")
    watcher = Progress("relu", members=1, epochs=4)
    watcher.start(training(epochs=2))
    clock.seconds = 10
    watcher.epoch(ROW | {"epoch": 3})
    assert caplog.messages[0] == (
        "relu: member 1/1 goes on after epoch 2 of 4, from its checkpoint"
    )
    assert caplog.messages[1].startswith("relu [###############.....] member 1/1, epoch 3/4")
    assert caplog.messages[1].endswith(", 10 s left")
