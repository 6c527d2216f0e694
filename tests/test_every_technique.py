"""Whatever stands in stages/techniques/ or in a study is trained for a step.

So a new technique is tested without writing a test.
"""

import numpy as np
import pytest
import torch
from cases import NAMES, PLAIN, example, narrow, random_data, recipe, task_of
from conftest import ROOT

from stages import files
from stages.study import data
from stages.study.options import explanation, options
from stages.study.slots import LISTS
from stages.study.study import load
from stages.training.loop import train_member

STUDIES = sorted(
    {ROOT / "params.yaml", *(ROOT / "studies").glob("*.yaml"), ROOT / "tests" / "tiny.yaml"}
)


def rungs() -> dict[str, tuple[dict, tuple[int, int, int]]]:
    """The slots of every trained rung, with a narrow network, and the shape of the images of its
    data sets, by its study and name: each pair once, whatever studies it stands in."""
    found: dict[str, tuple[str, dict, tuple]] = {}
    for path in STUDIES:
        study = load(path)
        shapes = dict.fromkeys(data.shape(name, study.data) for name in study.datasets)
        for rung in [*study.trained, *study.started]:
            slots = narrow(study.slots(rung))
            for shape in shapes:
                known = files.canonical([slots, shape])
                found.setdefault(known, (f"{study.study}-{rung}-{shape}", slots, shape))
    return {name: (slots, shape) for name, slots, shape in found.values()}


RUNGS = rungs()


def train_one_step(slots: dict, shape: tuple[int, int, int], epochs: int = 1):
    task = task_of(slots, shape)
    return train_member(recipe(slots, task, epochs=epochs), random_data(shape, task), member=0)


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_every_name_trains_a_step(slot, name):
    given = example(slot, name) | (
        {"width": 2} if "width" in options(slot, name).model_fields else {}
    )
    choice = options(slot, name).model_validate(given).model_dump()
    value = [{name: choice}] if slot in LISTS else {name: choice}
    start, member = (train_one_step(PLAIN | {slot: value}, (1, 8, 8), epochs) for epochs in (0, 1))
    assert np.isfinite(member.history[0]["train_loss"])
    # By more than a trace, and not the running statistics, which move whatever the optimizer does.
    steps = [
        (member.weights[key] - start.weights[key]).abs().max()
        for key in member.weights
        if key.endswith(("weight", "bias"))
    ]
    assert max(steps) > 1e-6, "no weight moved"


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_every_name_is_explained_in_one_sentence(slot, name):
    sentence = explanation(slot, name)
    assert len(sentence) > 20
    assert sentence.endswith((".", ").", ":"))


@pytest.mark.parametrize("name", RUNGS)
def test_every_rung_of_every_study_trains_a_step(name):
    member = train_one_step(*RUNGS[name])
    assert len(member.test_predictions) == 10
    assert torch.isfinite(member.test_predictions).all()
