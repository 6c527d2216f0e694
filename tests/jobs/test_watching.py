"""Event files are written only where a study asks for them; progress is told always."""

import subprocess
import sys

from conftest import ROOT

from stages.jobs.watching import Watching


def test_without_tensorboard_there_is_progress_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    watching = Watching("relu", members=2, epochs=1, tensorboard=None)
    for member in range(2):
        with watching(member, resumed=False) as watchers:
            assert watchers == [watching.progress]
    assert list(tmp_path.iterdir()) == []


def test_each_member_has_event_files_of_its_own_and_progress_is_shared(tmp_path):
    watching = Watching("relu", members=2, epochs=1, tensorboard=tmp_path)
    for member in range(2):
        with watching(member, resumed=False) as (progress, events):
            assert progress is watching.progress
            events.epoch({"member": member, "epoch": 1, "train_loss": 1.0})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["member-0", "member-1"]
    assert all(list(folder.glob("events.out.tfevents.*")) for folder in tmp_path.iterdir())


def test_who_asks_for_no_event_files_does_not_wait_for_tensorboard():
    code = "import sys; from stages.jobs.watching import Watching; Watching('a', 1, 1, None); "
    code += "sys.exit('tensorboard' in sys.modules or 'stages.jobs.tensorboard' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
