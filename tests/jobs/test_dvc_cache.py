"""The folder of DVC's cache is the one that DVC itself takes."""

import os
from pathlib import Path

import pytest
from dvc.config import Config

from stages.jobs import dvc_cache

SAID = {
    "nothing": {},
    "this clone's": {"local": "/somewhere/shared"},
    "the repository's, seen from its file": {"repo": "../../beside"},
    "the clone's before the repository's": {"repo": "/one", "local": "other"},
    "a person's": {"global": "/mine"},
    "the repository's before a person's": {"global": "/mine", "repo": "/ours"},
    "the system's": {"system": "/all"},
    "in a home folder": {"local": "~/cache"},
    "with signs": {"local": '"/a # b, c"  # where'},
    "before a comment": {"local": "/plain # why"},
}


@pytest.mark.parametrize("said", SAID)
def test_it_is_where_dvc_finds_it(said, tmp_path, monkeypatch):
    levels = {name: tmp_path / name for name in ("system", "global")}
    for level, folder in levels.items():
        monkeypatch.setenv(f"DVC_{level.upper()}_CONFIG_DIR", str(folder))
    project = tmp_path / "project"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (project / ".dvc").mkdir(parents=True)
    monkeypatch.chdir(project)
    files = {level: folder / "config" for level, folder in levels.items()}
    files |= {"repo": Path(".dvc/config"), "local": Path(".dvc/config.local")}
    for level, folder in SAID[said].items():
        files[level].parent.mkdir(exist_ok=True)
        others = "[core]\n    autostage = true\n['remote \"a\"']\n    url = b\n"
        text = f"{others}[cache]\n    dir = {folder}\n"
        files[level].write_text(text, encoding="utf-8")
    by_dvc = Config(dvc_dir=".dvc")["cache"].get("dir", project / ".dvc" / "cache")
    assert os.path.abspath(dvc_cache.folder()) == str(by_dvc)


def test_without_settings_that_can_be_read_it_is_the_usual_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert dvc_cache.folder() is None
    (tmp_path / ".dvc").mkdir()
    for text in ("", "dir = nowhere", "[cache]\ndir\n", "[cache]\ndir = s3://bucket/cache\n"):
        (tmp_path / ".dvc" / "config").write_text(text, encoding="utf-8")
        assert dvc_cache.folder() == Path(".dvc/cache")


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"])
def test_a_persons_settings_are_where_platformdirs_puts_them(variable, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, str(tmp_path / "settings"))
    (tmp_path / "settings" / "dvc").mkdir(parents=True)
    (tmp_path / "settings" / "dvc" / "config").write_text("[cache]\ndir = /there\n")
    (tmp_path / ".dvc").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.platform", "linux")
    assert dvc_cache.folder() == Path("/there") == Path(Config(dvc_dir=".dvc")["cache"]["dir"])
