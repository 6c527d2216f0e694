"""Folders of images that DVC doesn't look at are named; dvc.yaml says which it does."""

import shutil

import pytest
import yaml
from conftest import ROOT, TINY

from stages.study.study import load
from stages.workflow.watched import unwatched

OWN = {"own": {"of": "image_folder", "path": "data/photos", "size": 8}}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study of one's own images and of digits, in a project of its own."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    values = yaml.safe_load(TINY.read_bytes()) | {"datasets": ["own", "few"]}
    few = {"few": {"of": "digits", "per_class": 3}}
    unused = {"unused": OWN["own"] | {"path": "elsewhere"}}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(values | {"data": OWN | few | unused}))
    return load(tmp_path / "s.yaml")


def test_a_folder_that_dvc_yaml_does_not_list_is_named(study):
    assert unwatched(study) == ["data/photos"]


@pytest.mark.parametrize("written", ["data/photos", "data/photos/", "./data/photos"])
def test_one_that_it_lists_is_not(written, study, tmp_path):
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    listed = text.replace("- stages\n", f"- stages\n      - {written}\n", 1)
    (tmp_path / "dvc.yaml").write_text(listed, encoding="utf-8")
    assert unwatched(study) == []


def test_where_there_is_no_dvc_yaml_nothing_is_said(study, tmp_path):
    (tmp_path / "dvc.yaml").unlink()
    assert unwatched(study) == []
