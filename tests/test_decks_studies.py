"""The studies that train as the decks did: one step of every rung, and that they say what they
should, before anybody spends hours on them."""

import numpy as np
import pytest
from cases import random_data
from conftest import ROOT

from stages.study.recipe import recipes
from stages.study.study import load
from stages.training.loop import train_member

SHAPES = {"deck_001": (3, 32, 32), "deck_003": (1, 28, 28)}
STUDIES = {name: load(ROOT / "studies" / f"{name}.yaml") for name in SHAPES}
RECIPES = {
    f"{name}/{rung}": recipe
    for name, study in STUDIES.items()
    for rung, recipe in recipes(study).items()
}


@pytest.mark.parametrize("rung", RECIPES)
def test_one_step_of_every_rung(rung):
    study, _, _ = rung.partition("/")
    step = {"epochs": 1, "batch_size": 10, "members": 1}
    resolved = RECIPES[rung] | {"budget": RECIPES[rung]["budget"] | step}
    member = train_member(resolved, random_data(SHAPES[study]), 0)
    [row] = member.history
    assert np.isfinite([value for value in row.values() if value is not None]).all()
    assert ("train_loss_after_step" in row) == (study == "deck_001")


def test_deck_001_is_trained_as_it_was_printed():
    budgets = {rung: STUDIES["deck_001"].budget_of(rung) for rung in STUDIES["deck_001"].rungs}
    assert not any(budget.shuffle for budget in budgets.values())
    assert all(budget.evaluate_after_step for budget in budgets.values())
    assert budgets["basic"].epochs == 65, "the deck's epoch 64, counted from 0"
    optimizers = {rung: RECIPES[f"deck_001/{rung}"]["slots"]["optimizer"] for rung in budgets}
    assert optimizers["basic"] == optimizers["relu"] == optimizers["relu_3_epochs"]
    assert optimizers["deeper"] == optimizers["deeper_3_epochs"]
    assert optimizers["deeper"]["adam"]["learning_rate"] == 1e-4


def test_deck_003_keeps_every_image_and_stops_where_it_was_printed():
    study = STUDIES["deck_003"]
    assert not study.budget.drop_last
    assert study.budget_of("classifier").epochs == 62
    assert study.budget_of("classifier_60_epochs").epochs == 60
    same = (RECIPES[f"deck_003/{rung}"] for rung in ("classifier", "classifier_60_epochs"))
    assert len({str(recipe["slots"]) for recipe in same}) == 1
