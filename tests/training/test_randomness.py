"""Where random numbers are drawn: what decides which images a batch has must not depend on the
device."""

import pytest
import torch
from cases import random_data

from stages.training import randomness
from stages.training.data import batches
from stages.training.member import Data


@pytest.fixture
def made_on(monkeypatch) -> list[str]:
    """The devices of the generators that are made, which need not be there."""
    devices = []

    class Noted(torch.Generator):
        def __new__(cls, device):
            devices.append(device)
            return super().__new__(cls, "cpu")

    monkeypatch.setattr(randomness, "Generator", Noted)
    return devices


def test_the_order_is_drawn_on_the_cpu_for_every_device(made_on):
    purposes = randomness.of_training(0, 0, "cuda")
    on = dict(zip(purposes, made_on, strict=True))
    assert on == {"order": "cpu", "augmentation": "cuda", "dropout": "cuda"}


def test_a_device_gets_the_batches_that_the_cpu_draws(monkeypatch):
    drawn = []
    permuted = torch.randperm

    def noted(*args, **options):
        drawn.append(permuted(*args, **options))
        return drawn[-1]

    monkeypatch.setattr(torch, "randperm", noted)
    here = random_data((1, 8, 8))
    tensors = {name: value for name, value in vars(here).items() if torch.is_tensor(value)}
    elsewhere = Data(**vars(here) | {name: value.to("meta") for name, value in tensors.items()})
    for data in (here, elsewhere):
        index = batches(data, 5, randomness.of_training(0, 0, "cpu")["order"])
        assert {part.device.type for part in index} == {data.device.type}
    assert torch.equal(*drawn)
