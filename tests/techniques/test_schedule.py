"""Every schedule against torch's over 100 epochs, with and without warm-up."""

import math
import random

import pytest
import torch
from torch.optim import lr_scheduler as reference

from stages.techniques.schedule import accuracy_plateau, constant, cosine, plateau, step

EPOCHS, RATE = 100, 0.1
SCHEDULES = {
    "constant": (constant, {}, lambda o: reference.ConstantLR(o, factor=1)),
    "step": (step, {"every": 7, "factor": 0.5}, lambda o: reference.StepLR(o, 7, 0.5)),
    "cosine": (cosine, {"period": 100}, lambda o: reference.CosineAnnealingLR(o, 100)),
    "cosine with restarts": (
        cosine,
        {"period": 9},
        lambda o: reference.CosineAnnealingWarmRestarts(o, 9),
    ),
    "cosine with longer and longer periods": (
        cosine,
        {"period": 5, "growth": 2, "lowest": 0.1},
        lambda o: reference.CosineAnnealingWarmRestarts(o, 5, 2, 0.1 * RATE),
    ),
}


def optimizer() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def rates(of_torch: torch.optim.Optimizer, scheduler, losses=None) -> list[float]:
    """The rate that torch has in each of 100 epochs."""
    found = []
    for epoch in range(EPOCHS):
        found.append(of_torch.param_groups[0]["lr"])
        of_torch.step()
        scheduler.step(*([losses[epoch]] if losses else []))
    return found


@pytest.mark.parametrize("name", SCHEDULES)
def test_as_torch(name):
    schedule, options, scheduler_of = SCHEDULES[name]
    sgd = optimizer()
    ours = [RATE * schedule(epoch, [], [], **options) for epoch in range(EPOCHS)]
    assert ours == pytest.approx(rates(sgd, scheduler_of(sgd)), rel=1e-9, abs=1e-12)


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("name", SCHEDULES)
def test_warm_up_as_torch(name):
    schedule, options, scheduler_of = SCHEDULES[name]
    sgd = optimizer()
    warm_up = reference.LinearLR(sgd, start_factor=1 / 6, total_iters=5)
    joined = reference.SequentialLR(sgd, [warm_up, scheduler_of(sgd)], milestones=[5])
    ours = [RATE * schedule(epoch, [], [], warm_up=5, **options) for epoch in range(EPOCHS)]
    assert ours == pytest.approx(rates(sgd, joined), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("patience", [0, 3])
def test_plateau_as_torch(patience):
    noise = random.Random(0)
    losses = [2 / (1 + epoch) ** 0.3 + 0.1 * noise.random() for epoch in range(EPOCHS)]
    sgd = optimizer()
    expected = rates(sgd, reference.ReduceLROnPlateau(sgd, factor=0.9, patience=patience), losses)
    ours = [
        RATE * plateau(epoch, losses[:epoch], [], factor=0.9, patience=patience)
        for epoch in range(EPOCHS)
    ]
    assert ours == pytest.approx(expected)
    assert len(set(ours)) > 5


def test_plateau_minds_no_loss_of_the_warm_up():
    losses = [0.1, 0.1, 9.0, 8.0, 7.0, 7.0]
    ours = [
        plateau(epoch, losses[:epoch], [], factor=0.5, patience=0, warm_up=2) for epoch in range(7)
    ]
    assert ours == pytest.approx([1 / 3, 2 / 3, 1, 1, 1, 1, 0.5])


def test_a_diverged_loss_is_no_improvement():
    assert plateau(3, [math.inf] * 3, [], factor=0.5, patience=1) == 0.5


@pytest.mark.parametrize("patience", [0, 3])
def test_accuracy_plateau_as_torch(patience):
    noise = random.Random(0)
    scores = [1 - 0.9 / (1 + epoch) ** 0.3 + 0.05 * noise.random() for epoch in range(EPOCHS)]
    sgd = optimizer()
    torch_s = reference.ReduceLROnPlateau(
        sgd, mode="max", factor=0.9, patience=patience, threshold_mode="abs"
    )
    expected = rates(sgd, torch_s, scores)
    ours = [
        RATE * accuracy_plateau(epoch, [], scores[:epoch], factor=0.9, patience=patience)
        for epoch in range(EPOCHS)
    ]
    assert ours == pytest.approx(expected)
    assert len(set(ours)) > 5


def test_an_accuracy_that_is_not_measured_never_rises():
    assert accuracy_plateau(3, [], [-math.inf] * 3, factor=0.5, patience=1) == 0.5
