"""All that a study can say stands in at least one study whose result docs/decks.md links: slots
with their names and options, data sets, tasks, ways to combine predictions, and lessons."""

import re
from functools import cache

import pytest
from cases import NAMES
from conftest import ROOT

from stages.study.lessons import known_lessons
from stages.study.options import options
from stages.study.study import load
from stages.study.tasks import combinations, known_tasks

DECKS = (ROOT / "docs" / "decks.md").read_text(encoding="utf-8")
LINKED = sorted(set(re.findall(r"\(results/(\w+)/summary\.md\)", DECKS)))
MODULES = (ROOT / "stages" / "datasets").glob("[a-z]*.py")
DATASETS = sorted(path.stem for path in MODULES if "def load(" in path.read_text(encoding="utf-8"))
# No machine here has had their official files; this study asks about them where they can be had.
WITHOUT_FILES = {"mnist": "data_sets", "cifar100": "data_sets"}

# Whose images a reader has; no study that comes with the project can name them.
THE_READERS = {"image_folder"}


@cache
def choices() -> list[tuple[str, str, dict]]:
    """Slot, name and options of all that the rungs of the linked studies are made of."""
    found = []
    for study in map(load, (ROOT / "studies" / f"{name}.yaml" for name in LINKED)):
        for rung in [*study.trained, *study.started]:
            for slot, chosen in study.slots(rung).items():
                several = chosen if isinstance(chosen, list) else [chosen]
                found += [(slot, *item) for choice in several for item in choice.items()]
    return found


def learned(study: str) -> set[str]:
    """The data sets of a study, those with options by what they are made of."""
    read = load(ROOT / "studies" / f"{study}.yaml")
    return {read.data[name]["of"] if name in read.data else name for name in read.datasets}


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_every_name_and_option_stands_in_a_study_with_a_result(slot, name):
    """An option where it has a value that is not its default."""
    given = [values for *names, values in choices() if names == [slot, name]]
    assert given
    for key, field in options(slot, name).model_fields.items():
        default = object() if field.is_required() else field.default
        assert any(values[key] != default for values in given), key


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_data_set_stands_in_a_study_with_a_result(dataset):
    ran = any(dataset in learned(study) for study in LINKED)
    assert ran == (dataset not in WITHOUT_FILES.keys() | THE_READERS)


@pytest.mark.parametrize("dataset", WITHOUT_FILES)
def test_the_page_of_the_decks_says_which_command_runs_what_has_no_result(dataset):
    study = WITHOUT_FILES[dataset]
    assert dataset in learned(study)
    [row] = [row for row in DECKS.splitlines() if f"`{study}/" in row]
    assert f"`snakemake --configfile studies/{study}.yaml`" in row


@pytest.mark.parametrize("task", known_tasks())
def test_every_task_and_combination_stands_in_a_study_with_a_result(task):
    studies = [load(ROOT / "studies" / f"{name}.yaml") for name in LINKED]
    combined = {e.combine for study in studies if study.task == task for e in study.ensembles}
    assert combined == set(combinations(task))


@pytest.mark.parametrize("lesson", known_lessons())
def test_every_lesson_stands_in_a_study_with_a_result(lesson):
    """One that is about lessons: in `everything` they stand for completeness."""
    studies = [load(ROOT / "studies" / f"{name}.yaml") for name in LINKED if name != "everything"]
    assert any(lesson in study.lessons for study in studies)
