"""Data sets with options, as a study names them: what is resolved, one line for each mistake."""

import importlib
import re
from pathlib import Path

import pytest
from bad_studies import spoil
from conftest import TINY

from stages import files
from stages.command import Problem
from stages.study import data
from stages.study.source import read
from stages.study.study import known_datasets, load, validate

TEXT = TINY.read_text(encoding="utf-8").replace("datasets: [digits]", "datasets: [few, digits]")
FEW = "few: {of: digits, classes: ['3', '8'], per_class: 50, size: 16, gray: true}"
NAMED = f"{TEXT}data:\n  {FEW}\n  unused: {{of: cifar10}}\n"
RELU = "activation: relu}"

# What to replace in NAMED by what, and what the one line must say.
BAD = {
    "name of a module": ("  few:", "  digits:", ["data.digits", "is a data set itself"]),
    "name that leads elsewhere": ("  unused:", "  ../up:", ["'../up'", "lowercase"]),
    "no options": (FEW, "few: 3", ["data.few", "found 3", "{of: "]),
    "no source": ("of: digits, ", "", ["data.few.of", "is missing"]),
    "unknown source": ("of: digits", "of: digit", ["data.few.of", "did you mean 'digits'"]),
    "source with options": (
        "of: digits",
        "of: unused",
        ["data.few.of", "'unused' is not a data set"],
    ),
    "unknown option": ("per_class", "per_clas", ["data.few.per_clas", "did you mean 'per_class'"]),
    "unknown class": (
        "['3', '8']",
        "['3', '88']",
        ["data.few.classes.1", "'88' is not a class of"],
    ),
    "class twice": ("['3', '8']", "['3', '3']", ["data.few.classes", "twice"]),
    "class that is a number": ("['3', '8']", "[3, 8]", ["data.few.classes.0", "quote it: '3'"]),
    "one class": ("['3', '8']", "['3']", ["data.few.classes", "at least 2"]),
    "classes that are none": ("['3', '8']", "'38'", ["data.few.classes", "list"]),
    "no images": ("per_class: 50", "per_class: 0", ["data.few.per_class", "0", "1"]),
    "no size": ("size: 16", "size: 0", ["data.few.size", "0", "1"]),
    "huge images": ("size: 16", "size: 100000", ["data.few.size", "512"]),
    "word for yes or no": ("gray: true", "gray: dark", ["data.few.gray", "'dark'"]),
    "unknown data set": ("[few, digits]", "[fewer, digits]", ["datasets.0", "did you mean 'few'"]),
    "two samplings": (
        RELU,
        "activation: relu, sampling: {subset: {share: 0.5, per_class: 3}}}",
        ["techniques.relu.sampling.subset", "give one of the two"],
    ),
    "no share": (
        RELU,
        "activation: relu, sampling: {subset: {share: 0}}}",
        ["techniques.relu.sampling.subset.share", "greater than 0"],
    ),
}


@pytest.fixture
def write(tmp_path):
    """A study of its text."""

    def written(text: str) -> Path:
        (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "params.yaml"

    return written


def test_every_option_has_its_value(write):
    study = load(write(NAMED))
    assert study.datasets == ["few", "digits"]
    few = {"classes": ["3", "8"], "per_class": 50, "seed": 0, "size": 16, "gray": True}
    assert study.data["few"] == {"of": "digits", "permuted": False} | few


def test_what_is_written_down_is_the_same_study(write):
    study = load(write(NAMED))
    assert load(write(files.canonical(study.model_dump()))) == study


def test_only_what_decides_the_images_is_in_a_data_set_s_recipe(write):
    made = data.recipes(load(write(NAMED)))
    assert set(made) == {"few", "digits"}
    modules = ["stages/datasets/digits.py", "stages/datasets/selection.py"]
    assert sorted(made["few"]["code"]) == modules
    assert sorted(made["digits"]["code"]) == modules[:1]
    assert data.is_plain(made["digits"])
    assert not data.is_plain(made["few"])


@pytest.mark.parametrize("case", BAD)
def test_one_line_says_where_and_what(case, write):
    old, new, words = BAD[case]
    spoiled = spoil(NAMED, old, new)
    with pytest.raises(Problem) as problem:
        load(write(spoiled))
    text = str(problem.value)
    assert all(word in text for word in words), text
    lines = zip(NAMED.splitlines(), spoiled.splitlines(), strict=True)
    changed = [number for number, (before, after) in enumerate(lines, 1) if before != after]
    assert [int(re.match(r".*?params\.yaml:(\d+): ", text)[1])] == changed


def test_a_data_set_s_code_that_changed_after_its_recipe_was_written(write):
    recipe = data.recipes(load(write(NAMED)))["few"]
    data.refuse_other(recipe)
    recipe["code"]["stages/datasets/selection.py"] = "another"
    with pytest.raises(Problem, match=r"^recipe: stages/datasets/selection.py changed after"):
        data.refuse_other(recipe)


def test_an_override_may_name_what_data_names(write):
    source = read(write(NAMED))
    source.override({"datasets": ["unused"]})
    assert data.recipes(validate(source))["unused"]["of"] == "cifar10"


@pytest.mark.parametrize("name", known_datasets())
def test_every_module_names_its_classes_so_that_they_are_known_without_the_data(name):
    module = importlib.import_module(f"stages.datasets.{name}")
    assert len(set(module.CLASSES)) == len(module.CLASSES) > 1
    assert data.shape(name, {}) == module.SHAPE


def test_the_shape_of_images_is_known_without_the_data(write):
    """As wide as they are made, and as many channels."""
    known = load(write(NAMED)).data
    assert data.shape("digits", known) == (1, 8, 8)
    assert data.shape("few", known) == (1, 16, 16)
    colour = {"few": known["few"] | {"of": "cifar10", "gray": False, "size": None}}
    assert data.shape("few", colour) == (3, 32, 32)
