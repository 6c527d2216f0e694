"""What a network costs, against torch's own counter."""

import pytest
import torch
from test_every_technique import PLAIN, random_data
from torch.utils.flop_counter import FlopCounterMode

from stages import networks
from stages.randomness import generator
from stages.record import multiply_accumulates


@pytest.mark.parametrize(
    "network", [{"basic": {"width": 3}}, {"deeper": {"width": 4}}, {"dense": {"units": 5}}], ids=lambda value: next(iter(value))
)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32)], ids=str)
def test_multiply_accumulates_are_half_of_torchs_operations(network, shape):
    slots, data = PLAIN | {"network": network}, random_data(shape)
    torchs = networks.build(slots, shape, data.classes, generator(0, 0, "start"), generator(0, 0, "dropout"))
    with FlopCounterMode(display=False) as counter:
        torchs(torch.zeros(1, *shape))
    assert multiply_accumulates(slots, data) == counter.get_total_flops() // 2
