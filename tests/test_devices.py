"""Devices: the precision that is computed in, and what is said when the memory is used up."""

import resource
import subprocess
import sys

import pytest
import torch
from conftest import ROOT

from stages import devices
from stages.command import Problem

CPU = torch.device("cpu")
TOO_LARGE = """
import torch
from stages import devices
with devices.memory_is_enough(torch.device("cpu")):
    torch.zeros(2**40)
"""


@pytest.mark.parametrize("pixels", [8 * 8, 128 * 32 * 32])
def test_precision_is_what_the_study_says(pixels):
    assert devices.precision("float32", CPU, pixels) == torch.float32
    assert devices.precision("bfloat16", CPU, pixels) == torch.bfloat16


@pytest.mark.parametrize(
    ("instructions", "pixels", "expected"),
    [
        (True, 128 * 32 * 32, torch.bfloat16),
        (True, 20 * 28 * 28, torch.bfloat16),
        (True, 128 * 8 * 8, torch.float32),
        (False, 128 * 32 * 32, torch.float32),
    ],
)
def test_auto_is_bfloat16_where_the_processor_has_instructions_for_it_and_batches_are_large(instructions, pixels, expected, monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: instructions)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert devices.precision("auto", CPU, pixels) == expected


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_torch_cannot_use():
    assert devices.pick("cuda", wanted="auto") == CPU
    with pytest.raises(Problem, match="device: found cuda:1; this machine has a GPU, but torch can't use it"):
        devices.pick("cuda", wanted="cuda:1")


def test_memory_that_is_used_up_is_one_line():
    limited = subprocess.run(
        [sys.executable, "-c", TOO_LARGE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**35, 2**35)),
    )
    last = limited.stderr.splitlines()[-1]
    assert last.startswith("stages.command.Problem: budget.batch_size: the memory of this machine is too small"), limited.stderr
    assert "lower batch_size or the network's width" in last


def test_a_gpus_memory_too(monkeypatch):
    monkeypatch.setattr(devices, "describe", lambda device: "Some GPU (8 GiB)")
    with pytest.raises(Problem, match=r"the memory of Some GPU \(8 GiB\) is too small"), devices.memory_is_enough(torch.device("cuda")):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


def test_other_mistakes_are_not_taken_for_it():
    with pytest.raises(RuntimeError, match="sizes"), devices.memory_is_enough(CPU):
        raise RuntimeError("sizes differ")
