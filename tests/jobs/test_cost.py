"""What a result cost, beside what the system says by other ways."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import torch
from conftest import ROOT

from stages.jobs.cost import cost

CPU = torch.device("cpu")


def test_each_field_is_what_it_is_called():
    made = cost({"seconds": 2.00049, "predicting_seconds": 0.5}, 1000, 123, CPU)
    assert (made["seconds"], made["predicting_seconds"]) == (2.0, 0.5)
    assert made["images_per_second"] == 499.9
    assert (made["device"], made["multiply_accumulates"]) == ("cpu", 123)
    assert made["peak_gpu_memory_mib"] is None
    age = datetime.now(UTC) - datetime.fromisoformat(made["ended"])
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_the_peak_stays_when_the_memory_is_given_back():
    """In a process of its own, whose peak is that of its imports."""
    code = """
import numpy
from stages.jobs.cost import peak_memory
print(peak_memory())
held = numpy.ones(400 * 2**17)
print(peak_memory())
del held
print(peak_memory())
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    before, held, after = map(float, said.stdout.split())
    # Linux counts in batches of pages: a gauge may be a few pages behind.
    assert before + 390 < held < before + 500
    assert abs(after - held) < 1
