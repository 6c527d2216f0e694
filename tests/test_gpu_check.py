"""`make gpu-check`, as far as a machine without a GPU goes: its parts run on the CPU, on very
little, so that a mistake in them does not cost time on a GPU."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from compute.test_cuda_graph import Pretended
from conftest import ROOT

from benchmarks import gpu, ours, tuned
from benchmarks.gpu import correct, formats, inside, loop, memory
from stages.compute import devices
from stages.training import step


@pytest.fixture(autouse=True)
def little(monkeypatch):
    """What the parts set for their process is as before for other tests; but they have one thread,
    as all tests do: two would wait for each other, spinning."""
    mode = torch.get_deterministic_debug_mode()
    monkeypatch.setattr(torch, "set_num_threads", lambda threads: None)
    monkeypatch.setattr(gpu, "DEVICE", "cpu")
    monkeypatch.setattr(step, "Captured", Pretended)
    devices.prepare(2, deterministic=True)
    yield
    torch.set_deterministic_debug_mode(mode)


@pytest.fixture
def images():
    random = np.random.default_rng(0)
    found = {}
    for part in ("train", "test"):
        found[f"{part}_images"] = random.integers(256, size=(160, 32, 32, 3)).astype(np.uint8)
        found[f"{part}_labels"] = random.integers(10, size=160)
    return found


def test_a_case_is_compared_with_the_cpu_and_with_itself():
    found = correct.compared(correct.narrow(correct.FULL), (1, 8, 8))
    # A rate that lies on the device is rounded: on a CPU what is recorded ends in other last bits.
    assert found.keys() == {"step", "recorded", "resumed", "side by side"}
    assert found["step"] == 0
    assert found["resumed"]
    assert len(correct.cases((3, 32, 32))) > len(correct.NAMES)


def test_the_loop_has_a_row_for_each_contender(images, monkeypatch):
    monkeypatch.setattr(loop, "IMAGES", 256)
    monkeypatch.setattr(loop, "TEST_IMAGES", 32)
    monkeypatch.setattr(loop, "EPOCHS", 2)
    monkeypatch.setattr(loop, "WIDTHS", (2,))
    monkeypatch.setattr(loop, "TUNED", {"by hand": ("bfloat16", "eager")})
    monkeypatch.setattr(loop, "RUNGS", {"Rungs": ("auto", True, "auto", 2)})
    monkeypatch.setattr(loop, "plain", lambda data, width: 100.0)
    monkeypatch.setattr(loop, "matrix_rates", lambda threads: {"bfloat16": 1e12, "float32": 1e12})
    text, numbers = loop.run(images)
    assert [row.split(" | ")[0] for row in text.splitlines()[-3:]] == [
        "| plain PyTorch",
        "| by hand",
        "| Rungs",
    ]
    assert all(isinstance(speed, float) for speed in numbers["width 2"].values()), text


def test_speed_is_that_of_all_members():
    def clock(*ends):
        found = ours.Clock()
        found.ends = list(ends)
        return found

    side_by_side = [clock(0, 2, 4, 6), clock(0, 2.5, 4.5, 6.5)]
    # From 2.5 to 6: the ends at 4, 6 and 4.5.
    assert ours.images_per_second(side_by_side, 100) == 300 / 3.5
    one_by_one = [clock(0, 2, 3, 4), clock(4, 6, 7, 8)]
    assert ours.images_per_second(one_by_one, 100) == 100


def test_what_goes_wrong_is_a_cell_of_the_table(images):
    assert loop.measured(lambda data: 1 / 0, images) == "ZeroDivisionError: division by zero"


def test_formats_are_compared_seed_by_seed(images, monkeypatch):
    monkeypatch.setattr(formats, "WIDTH", 2)
    monkeypatch.setattr(formats, "EPOCHS", 1)
    monkeypatch.setattr(formats, "MEMBERS", 2)
    monkeypatch.setattr(formats, "FORMATS", ("float32", "bfloat16"))
    text, numbers = formats.run(images)
    assert {len(values) for values in numbers.values()} == {2}
    assert text.splitlines()[-2].endswith("|  |")
    assert text.count("±") == 3


def test_where_the_time_goes(images, monkeypatch):
    monkeypatch.setattr(inside, "WIDTHS", (2,))
    monkeypatch.setattr(inside, "COUNT", 64)
    monkeypatch.setattr(inside, "BATCHES", (16, 64))
    assert len(inside.predicting(images)["width 2, float32"]) == 2


@pytest.mark.parametrize("part", [memory.not_recordable])
def test_what_does_not_fit_ends_in_the_same_bytes(part, monkeypatch):
    monkeypatch.setattr(memory, "SLOTS", correct.PLAIN)
    said = memory.outcome(part)
    assert said.startswith("the same bytes; said"), said


def test_a_network_written_by_hand_learns(images):
    found = tuned.measure(images, width=2, epochs=2, batch=32)
    assert len(found["seconds"]) == 2
    assert 0 <= found["accuracy"] <= 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_without_a_gpu_it_says_what_it_left_out():
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu_check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert said.returncode == 0
    assert "left out correct, memory, inside, formats, loop, workflow" in said.stdout
