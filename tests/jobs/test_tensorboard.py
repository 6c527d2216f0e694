"""Event files, read back by TensorBoard itself; tests/test_train.py asks a whole job for them."""

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from stages.jobs.tensorboard import Events


def row(epoch: int) -> dict:
    return {"member": 0, "epoch": epoch, "train_loss": 1 / epoch, "validation_loss": None}


def curve(folder: Path) -> list[tuple[int, float]]:
    """(epoch, loss) as TensorBoard reads them; there is no curve but that of the loss."""
    events = EventAccumulator(str(folder)).Reload()
    assert events.Tags()["scalars"] == ["train_loss"]
    return [(event.step, event.value) for event in events.Scalars("train_loss")]


@pytest.mark.parametrize(("fresh", "epochs"), [(False, [1, 2]), (True, [2])])
def test_a_training_that_goes_on_adds_to_its_curves_and_a_new_one_begins_anew(
    fresh, epochs, tmp_path
):
    with Events(tmp_path / "member-0", fresh=True) as events:
        events.epoch(row(1))
    with Events(tmp_path / "member-0", fresh=fresh) as events:
        events.epoch(row(2))
    assert curve(tmp_path / "member-0") == [(epoch, 1 / epoch) for epoch in epochs]


def test_an_epoch_is_readable_before_the_next_has_ended(tmp_path):
    with Events(tmp_path, fresh=True) as events:
        events.epoch(row(1))
        assert curve(tmp_path) == [(1, 1.0)]
