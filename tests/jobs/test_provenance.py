"""What a network costs, against torch's own counter."""

import subprocess
import sys

import pytest
import torch
from cases import PLAIN, random_data
from torch.utils.flop_counter import FlopCounterMode

from stages.training import network as networks
from stages.training.network import multiply_accumulates
from stages.training.randomness import generator


@pytest.mark.parametrize(
    "network", [{"basic": {"width": 3}}, {"deeper": {"width": 4}}, {"dense": {"units": 5}}], ids=lambda value: next(iter(value))
)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32)], ids=str)
def test_multiply_accumulates_are_half_of_torchs_operations(network, shape):
    slots, data = PLAIN | {"network": network}, random_data(shape)
    torchs = networks.build(slots, shape, data.classes, generator(0, 0, "start"), generator(0, 0, "dropout"))
    with FlopCounterMode(display=False) as counter:
        torchs(torch.zeros(1, *shape))
    assert multiply_accumulates(slots, data.shape, data.classes, data.device) == counter.get_total_flops() // 2


def test_the_peak_of_memory_is_this_processs_own():
    """Not that of whoever started it, which the system hands on: here one of 2 GiB, far more than torch needs."""
    asks = "from stages.jobs.cost import peak_memory; print(peak_memory())"
    large = f"import subprocess, sys; kept = b'.' * 2**31; subprocess.run([sys.executable, '-c', {asks!r}], check=True)"
    started = subprocess.run([sys.executable, "-c", large], check=True, capture_output=True, text=True, encoding="utf-8")
    assert 50 < float(started.stdout) < 2048


def test_the_peak_of_memory_counts_what_was_freed_since():
    asks = "from stages.jobs.cost import peak_memory; kept = b'.' * 2**30; del kept; print(peak_memory())"
    alone = subprocess.run([sys.executable, "-c", asks], check=True, capture_output=True, text=True, encoding="utf-8")
    assert float(alone.stdout) > 1024
