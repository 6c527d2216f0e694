"""A checkpoint is whole or the one before it; tests/training/test_resume.py goes on from them."""

import os

import pytest

from stages.jobs.checkpoint import Checkpoints


def test_a_state_comes_back_as_it_was_and_the_latest_counts(tmp_path):
    checkpoints = Checkpoints(tmp_path, "this recipe")
    for epoch in (1, 2):
        checkpoints.save(0, {"epoch": epoch, "rows": [{"loss": 0.5}], "name": "relu"})
    checkpoints.save(1, {"epoch": 7})
    assert checkpoints.load(0) == {"epoch": 2, "rows": [{"loss": 0.5}], "name": "relu"}
    assert checkpoints.load(1) == {"epoch": 7}
    assert len(list(tmp_path.iterdir())) == 2


def test_a_write_that_is_cut_off_leaves_the_state_before(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path, "this recipe")
    checkpoints.save(0, {"epoch": 1})

    def cut_off(*_, **__):
        raise OSError("no room")

    for name in ("replace", "rename"):
        monkeypatch.setattr(os, name, cut_off)
    with pytest.raises(OSError, match=r"\.checkpoint-0"):
        checkpoints.save(0, {"epoch": 2})
    assert checkpoints.load(0) == {"epoch": 1}


def test_what_a_stranger_has_put_into_a_checkpoint_is_not_run(tmp_path):
    """torch.load without `weights_only` would run it; the digest is no secret."""

    class Harmful:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "PWNED"),)

    checkpoints = Checkpoints(tmp_path, "this recipe")
    checkpoints.save(0, {"epoch": Harmful()})
    with pytest.raises(Exception, match=r"[Ww]eights.only"):
        checkpoints.load(0)
    assert not (tmp_path / "PWNED").exists()


def test_clearing_leaves_the_files_of_the_run(tmp_path):
    checkpoints = Checkpoints(tmp_path, "this recipe")
    checkpoints.save(3, {})
    (tmp_path / "record.json").write_text("{}", encoding="utf-8")
    checkpoints.clear()
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
