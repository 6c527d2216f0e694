"""studies/everything.yaml: every slot and every name of the techniques, by its doors, from end to
end; then both engines have nothing to do."""

import pytest
from cases import NAMES
from conftest import ROOT, assert_nothing_to_do, assert_ok, copy_project, run
from doors import through_all_doors

from stages.records import WRITES
from stages.study.study import load
from stages.study.tasks import combinations

STUDY = load(ROOT / "studies" / "everything.yaml")
TRAINED_RUNGS = [*STUDY.trained, *STUDY.started]
# It has one task; the networks of others stand in studies of theirs.
OF_OTHER_TASKS = {"fcn": "segmentation", "super_resolution": "super_resolution"}


def listed(choice: dict | list) -> list[dict]:
    """A slot's choices as a list, where there may be several and where there is one."""
    return choice if isinstance(choice, list) else [choice]


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_every_name_stands_in_it(slot, name):
    """A new technique belongs into a rung of studies/everything.yaml, too."""
    other = OF_OTHER_TASKS.get(name)
    study = load(ROOT / "studies" / f"{other}.yaml") if other else STUDY
    assert study.task == (other or "classification")
    choices = [
        listed(study.slots(rung)[slot])
        for rung in [*study.trained, *study.started]
        if slot in study.slots(rung)
    ]
    assert name in {used for several in choices for choice in several for used in choice}


def test_every_way_to_combine_stands_in_it():
    assert {ensemble.combine for ensemble in STUDY.ensembles} == set(combinations(STUDY.task))


def test_it_runs_to_its_page(tmp_path):
    project = copy_project(tmp_path / "project", ROOT / "studies" / "everything.yaml")
    through_all_doors(project)
    assert_ok(run(project, "python", "-m", "stages.workflow.engines"))
    page = (project / "reports" / "everything" / "index.html").read_text(encoding="utf-8")
    combined = [ensemble.name for ensemble in STUDY.ensembles]
    for rung in [*STUDY.rungs, *STUDY.started]:
        folder = project / "runs" / "everything" / "digits" / rung
        made = {path.name for path in folder.iterdir()}
        stages = ("ensemble" if rung in combined else "train"), "evaluate"
        expected = {name for stage in stages for name in [*WRITES[stage], f"{stage}.json"]}
        assert made == expected, rung
        assert rung in page
    assert_nothing_to_do(project)
