"""Devices: the precision that is computed in, and what is said when the memory is used up."""

import resource
import subprocess
import sys

import pytest
import torch
from conftest import ROOT

from stages.command import Problem
from stages.compute import devices

CPU = torch.device("cpu")
TOO_LARGE = """
import torch
from stages.compute import devices
with devices.memory_is_enough(torch.device("cpu")):
    torch.zeros(2**40)
"""


@pytest.mark.parametrize("pixels", [8 * 8, 128 * 32 * 32])
def test_precision_is_what_the_study_says(pixels):
    assert devices.precision("float32", CPU, pixels) == torch.float32
    assert devices.precision("bfloat16", CPU, pixels) == torch.bfloat16


def test_tf32_is_refused_where_there_is_none(monkeypatch):
    with pytest.raises(Problem, match="precision: found tf32, which this machine can't"):
        devices.precision("tf32", CPU, 1)
    gpu = torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    monkeypatch.setattr(devices, "describe", lambda device: "Some GPU (8 GiB)")
    with pytest.raises(Problem, match=r"found tf32, which Some GPU \(8 GiB\) can't multiply in"):
        devices.precision("tf32", gpu, 1)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    assert devices.precision("tf32", gpu, 1) == torch.float32


def allowed() -> tuple[bool, bool]:
    """Whether matrix products and convolutions may be in TF32."""
    return torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32


def test_float32_is_multiplied_in_tf32_only_where_that_is_asked_for():
    """And never for the diagnostics: what it rounds to the same would be called constant."""
    threads = torch.get_num_threads()
    try:
        devices.prepare(threads, deterministic=True, tf32=True)
        assert allowed() == (True, True)
        with devices.all_places():
            assert allowed() == (False, False)
        assert allowed() == (True, True)
    finally:
        devices.prepare(threads, deterministic=True)
    assert allowed() == (False, False)
    with devices.all_places():
        assert allowed() == (False, False)
    assert allowed() == (False, False)


def cpuinfo(vendor: str, *flags: str) -> str:
    """/proc/cpuinfo of two cores."""
    core = (
        f"vendor_id\t: {vendor}\nmodel name\t: some\nflags\t\t: fpu sse avx512f {' '.join(flags)}\n"
    )
    return "\n".join(f"processor\t: {number}\n{core}" for number in range(2))


AMD = cpuinfo("AuthenticAMD", "avx512_bf16")


@pytest.mark.parametrize(
    ("text", "gains"),
    [
        (AMD, True),
        (cpuinfo("AuthenticAMD"), False),
        (cpuinfo("AuthenticAMD", "avx512_bf16_next"), False),
        (cpuinfo("GenuineIntel", "avx512_bf16"), False),
        (cpuinfo("GenuineIntel", "avx512_bf16", "amx_bf16", "amx_tile"), False),
        (cpuinfo("HygonGenuine", "avx512_bf16"), False),
        ("processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n", False),
        ("", False),
    ],
    ids=["AMD", "older AMD", "another flag", "Intel", "Intel with AMX", "Hygon", "ARM", "unknown"],
)
def test_a_processor_gains_from_bfloat16_only_where_that_was_measured(text, gains):
    assert devices.gains_from_bfloat16(text) == gains


@pytest.mark.parametrize(
    ("text", "pixels", "expected"),
    [
        (AMD, 128 * 32 * 32, torch.bfloat16),
        (AMD, 20 * 28 * 28, torch.bfloat16),
        (AMD, 128 * 8 * 8, torch.float32),
        (cpuinfo("GenuineIntel", "avx512_bf16"), 128 * 32 * 32, torch.float32),
        (None, 128 * 32 * 32, torch.float32),
    ],
)
def test_auto_is_bfloat16_where_it_is_known_to_gain_and_batches_are_large(
    text, pixels, expected, tmp_path, monkeypatch
):
    monkeypatch.setattr(devices, "CPUINFO", tmp_path / "cpuinfo")
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text, encoding="utf-8")
    assert devices.precision("auto", CPU, pixels) == expected


@pytest.mark.parametrize("made_for_it", [True, False])
def test_a_gpu_gains_where_it_is_made_for_bfloat16(made_for_it, monkeypatch):
    """Emulated, it would be slower: that torch can compute in it is not enough."""
    monkeypatch.setattr(
        torch.cuda,
        "is_bf16_supported",
        lambda including_emulation=True: made_for_it or including_emulation,
    )
    found = devices.precision("auto", torch.device("cuda"), 128 * 32 * 32)
    assert found == (torch.bfloat16 if made_for_it else torch.float32)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_torch_cannot_use():
    assert devices.pick("cuda", wanted="auto") == CPU
    with pytest.raises(
        Problem, match="device: found cuda:1; this machine has a GPU, but torch can't use it"
    ):
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
    assert last.startswith(
        "stages.command.Problem: budget.batch_size: the memory of this machine is too small"
    ), limited.stderr
    assert "lower batch_size or the network's width" in last


def test_a_gpus_memory_too(monkeypatch):
    monkeypatch.setattr(devices, "describe", lambda device: "Some GPU (8 GiB)")
    with (
        pytest.raises(Problem, match=r"the memory of Some GPU \(8 GiB\) is too small"),
        devices.memory_is_enough(torch.device("cuda")),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


def test_other_mistakes_are_not_taken_for_it():
    with pytest.raises(RuntimeError, match="sizes"), devices.memory_is_enough(CPU):
        raise RuntimeError("sizes differ")
