"""Whatever stands in stages/techniques/ or in a study is trained for a step: a new technique is tested without writing a test."""

import numpy as np
import pytest
import torch
from conftest import ROOT

from stages.normalize import pixel_statistics
from stages.recipe import recipes
from stages.signatures import explanation, options, slots
from stages.study import LISTS, load
from stages.training import Data, train_member

STUDIES = sorted({ROOT / "params.yaml", *(ROOT / "studies").glob("*.yaml"), ROOT / "tests" / "tiny.yaml"})
PLAIN = {
    "network": {"basic": {"width": 2}},
    "activation": {"relu": {}},
    "initialization": {"xavier_uniform": {"bias": 0.0}},
    "optimizer": {"sgd": {"learning_rate": 0.01}},
}
NAMES = [(slot, name) for slot, names in slots().items() for name in names]
RECIPES = [(study, rung, recipe) for study in STUDIES for rung, recipe in recipes(load(study)).items() if "slots" in recipe]


def random_data(shape: tuple[int, int, int]) -> Data:
    """Ten random images for each part."""
    random = torch.Generator().manual_seed(0)
    images, labels = torch.randint(256, (10, *shape), generator=random).to(torch.uint8), torch.arange(10) // 2
    return Data(images, labels, images, labels, images, pixel_statistics(images.numpy()), classes=10)


def train_one_step(slots: dict, shape: tuple[int, int, int], epochs: int = 1):
    return train_member({"slots": slots, "budget": {"epochs": epochs, "batch_size": 10, "seed": 0}}, random_data(shape), member=0)


def narrow(slots: dict) -> dict:
    """The same slots with a network two filters wide."""
    [(name, given)] = slots["network"].items()
    return slots | {"network": {name: given | ({"width": 2} if "width" in given else {})}}


def example(slot: str, name: str) -> dict:
    """Options that the name allows: its defaults, and 0.5 or 2 where it has none."""
    fields = options(slot, name).model_fields
    return {key: (2 if field.annotation is int else 0.5) if field.is_required() else field.default for key, field in fields.items()}


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_every_name_trains_a_step(slot, name):
    given = example(slot, name) | ({"width": 2} if "width" in options(slot, name).model_fields else {})
    choice = options(slot, name).model_validate(given).model_dump()
    value = [{name: choice}] if slot in LISTS else {name: choice}
    start, member = (train_one_step(PLAIN | {slot: value}, (1, 8, 8), epochs) for epochs in (0, 1))
    assert np.isfinite(member.history[0]["train_loss"])
    # By more than a trace, and not the running statistics, which move whatever the optimizer does.
    steps = [(member.weights[key] - start.weights[key]).abs().max() for key in member.weights if key.endswith(("weight", "bias"))]
    assert max(steps) > 1e-6, "no weight moved"


@pytest.mark.parametrize(("slot", "name"), NAMES, ids=lambda value: value)
def test_every_name_is_explained_in_one_sentence(slot, name):
    sentence = explanation(slot, name)
    assert len(sentence) > 20
    assert sentence.endswith((".", ").", ":"))


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32)], ids=str)
@pytest.mark.parametrize(
    ("study", "rung", "recipe"), RECIPES, ids=lambda value: getattr(value, "stem", value if isinstance(value, str) else "")
)
def test_every_rung_of_every_study_trains_a_step(study, rung, recipe, shape):
    member = train_one_step(narrow(recipe["slots"]), shape)
    torch.testing.assert_close(member.test_probabilities.sum(dim=1), torch.ones(10))
