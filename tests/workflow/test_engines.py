"""What is said of the books of both engines."""

from conftest import ROOT, TINY

from stages.study.study import load
from stages.workflow.engines import leftovers


def test_what_a_study_no_longer_has_is_found(tmp_path, monkeypatch):
    study = load(TINY)
    monkeypatch.chdir(tmp_path)
    for name in ("recipes", *(f"digits/{rung}" for rung in study.rungs), "digits/once", "cifar10/basic", "digits/basic/tensorboard"):
        (tmp_path / "runs" / study.study / name).mkdir(parents=True)
    assert [str(path) for path in leftovers(study)] == [f"runs/{study.study}/cifar10", f"runs/{study.study}/digits/once"]


def test_a_rung_that_begins_with_anothers_weights_is_of_the_study(tmp_path, monkeypatch):
    study = load(ROOT / "tests" / "starts.yaml")
    monkeypatch.chdir(tmp_path)
    for rung in (*study.rungs, *study.started, "once"):
        (tmp_path / "runs" / study.study / "digits" / rung).mkdir(parents=True)
    assert [path.name for path in leftovers(study)] == ["once"]
