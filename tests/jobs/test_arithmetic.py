"""What decides the bytes of a result beside recipe and data stands in its record."""

import os
import subprocess
import sys

import pytest
import torch
from conftest import ROOT

from stages import files
from stages.command import Problem
from stages.jobs import provenance
from stages.workflow import verify

CPU = torch.device("cpu")
ASK = """
import torch
from stages.jobs import provenance
print(provenance.arithmetic(torch.device("cpu")))
"""


@pytest.fixture(autouse=True)
def none_set(monkeypatch):
    for name in (*provenance.SETTINGS, *provenance.GPU_SETTINGS):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEDNN_MAX_CPU_ISA", "AVX2"),
        ("DNNL_DEFAULT_FPMATH_MODE", "BF16"),
        ("MKL_CBWR", "COMPATIBLE"),
        ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
    ],
)
def test_a_variable_that_changes_how_a_processor_computes_is_named(name, value, monkeypatch):
    before = provenance.arithmetic(CPU)
    assert before["settings"] == "none"
    monkeypatch.setenv(name, value)
    assert provenance.arithmetic(CPU) == before | {"settings": f"{name}={value}"}


def test_what_only_a_gpu_minds_is_no_part_of_a_processors(monkeypatch):
    before = provenance.arithmetic(CPU)
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "0")
    assert provenance.arithmetic(CPU) == before


def test_torchs_own_choice_is_named():
    """By a process of its own, because torch chooses once."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=os.environ | {"ATEN_CPU_CAPABILITY": "default"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "'settings': 'ATEN_CPU_CAPABILITY=default'" in done.stdout, done.stderr
    assert "'instructions': 'DEFAULT" in done.stdout or "'instructions': 'NO AVX" in done.stdout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model name : Zen\nflags\t\t: fpu avx avx2 avx512_bf16\n", ["avx", "avx2", "avx512_bf16"]),
        ("model name : Zen\nflags\t\t: fpu avx avx2\n", ["avx", "avx2"]),
        ("Features\t: fp asimd sve bf16\n", ["asimd", "sve", "bf16"]),
        ("", []),
    ],
)
def test_processors_of_one_name_may_have_other_instructions(text, expected, tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text(text, encoding="utf-8")
    monkeypatch.setattr(provenance, "CPUINFO", tmp_path / "cpuinfo")
    assert provenance.instructions() == expected


def test_verify_names_the_difference(tmp_path, monkeypatch):
    for folder, value in (("then", "AVX2"), ("now", "AVX512_CORE")):
        monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", value)
        made_by = provenance.made_by({}, {}, CPU, "float32")
        files.write_json(tmp_path / folder / "record.json", made_by)
        score = {"accuracy": 0.5 if folder == "then" else 0.9, "accuracy_low": 0.4}
        files.write_json(tmp_path / folder / "metrics.json", score)
    named = r"settings ONEDNN_MAX_CPU_ISA=AVX2 → ONEDNN_MAX_CPU_ISA=AVX512_CORE\)"
    with pytest.raises(Problem, match=named):
        verify.judge(tmp_path / "then", tmp_path / "now")
