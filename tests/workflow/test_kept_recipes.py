"""Recipes that are kept between runs: the same as those that are made anew, and never another's."""

import pytest
from conftest import TINY

from stages import files, records
from stages.study.recipe import recipes
from stages.study.study import load
from stages.workflow import kept

STUDY = load(TINY)


@pytest.fixture
def made(monkeypatch):
    """How often recipes were made."""
    calls = []
    monkeypatch.setattr(kept, "recipes", lambda study: calls.append(study) or recipes(study))
    return calls


def _ask(folder, study=STUDY):
    return kept.recipes_of(study, folder, files.sha256)


def test_they_are_made_once_and_are_the_same(tmp_path, made):
    first, second = _ask(tmp_path), _ask(tmp_path)
    assert len(made) == 1
    assert files.canonical(first) == files.canonical(second) == files.canonical(recipes(STUDY))


def test_another_study_of_the_same_name_has_its_own(tmp_path, made):
    _ask(tmp_path)
    other = STUDY.model_copy(update={"budget": STUDY.budget.model_copy(update={"epochs": 3})})
    assert _ask(tmp_path, other)["relu"]["budget"]["epochs"] == 3
    assert len(made) == 2


def test_other_code_makes_them_anew(tmp_path, made, monkeypatch):
    _ask(tmp_path)
    monkeypatch.setattr(records, "code_digest", lambda stage, sha256: "other")
    _ask(tmp_path)
    assert len(made) == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", "edited"])
def test_what_is_damaged_is_made_anew(damage, tmp_path, made):
    _ask(tmp_path)
    place = tmp_path / "tiny.json"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace('"epochs": 2', '"epochs": 9') if damage == "edited" else damage)
    assert _ask(tmp_path)["relu"]["budget"]["epochs"] == 2
    assert len(made) == 2
