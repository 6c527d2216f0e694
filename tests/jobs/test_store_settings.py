"""What a person may say of the store, and what is one line."""

import pytest
from conftest import ROOT, TINY

from stages import check
from stages.command import Problem
from stages.jobs import store_settings
from stages.jobs.store_settings import LIMIT, OFF, SETTINGS, settings

GB = 10**9


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (None, (True, LIMIT * GB)),
        ("", (True, LIMIT * GB)),
        (OFF, (False, LIMIT * GB)),
        ("limit: 0.5\n", (True, GB // 2)),
        ("{store: true, limit: .inf}", (True, 2**30 * GB)),
    ],
)
def test_what_may_be_said(said, meant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if said is not None:
        (tmp_path / "config").mkdir()
        (tmp_path / SETTINGS).write_text(said, encoding="utf-8")
    assert settings() == meant


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("store: 1", "store: found 1; say true or false"),
        ("limit: much", "limit: found 'much'; say how many GB"),
        ("limit: -1", "limit: found -1"),
        ("limit: .nan", "limit: found nan"),
        ("limit: true", "limit: found True"),
        ("stores: false", "found stores; it may have `store`, true or false, and `limit`"),
        ("[store]", "it may have `store`"),
        ("store: {", "this is no YAML"),
        ("store: 2020-13-45", "this is no YAML"),
    ],
)
def test_anything_else_is_one_line(said, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / SETTINGS).write_text(said, encoding="utf-8")
    with pytest.raises(Problem) as problem:
        settings()
    assert str(problem.value).startswith(f"{SETTINGS}: ")
    assert line in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_mistake_is_said_before_any_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / SETTINGS).write_text("store: no thanks", encoding="utf-8")
    with pytest.raises(Problem, match=r"config/store\.yaml: store: found 'no thanks'"):
        check.main(TINY, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_the_file_here_says_what_holds_without_one(monkeypatch):
    monkeypatch.chdir(ROOT)
    found = store_settings._read()
    assert found == {"store": True, "limit": LIMIT}
