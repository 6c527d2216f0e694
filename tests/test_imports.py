"""Start-up is lean: what is heavy is imported by nobody who can do without."""

import subprocess
import sys

import pytest
from conftest import ROOT, run

HEAVY = {"torchvision", "sklearn", "pandas", "matplotlib", "pydantic", "snakemake", "dvc"}
# Every slot of the fullest recipe, trained for a step and written.
WHOLE_JOB = """
import sys, tempfile
from pathlib import Path
import torch
from stages.compute import devices
devices.prepare(1, True)
from stages.training import outputs
from stages.training.loop import train_member
from stages.training.member import Data
images, labels = torch.zeros(4, 1, 8, 8, dtype=torch.uint8), torch.arange(4)
images[..., 0] = 255
data = Data(images, labels, images, labels, images, 10, labels)
slots = {
    'network': {'deeper': {'width': 2}},
    'activation': {'relu': {}},
    'initialization': {'xavier_uniform': {}},
    'optimizer': {'adam': {'learning_rate': 0.1}},
    'scaling': {'zero_centered': {}},
    'normalization': {'batch_normalization': {}},
    'dropout': {'standard': {'rate': 0.1}},
    'penalty': {'l2': {'strength': 0.1}},
    'augmentation': [{'rotate': {'degrees': 3}}],
}
budget = {'epochs': 1, 'batch_size': 4, 'seed': 0}
recipe = {'task': 'classification', 'slots': slots, 'budget': budget}
member = train_member(recipe, data, 0)
outputs.write([member], 'classification', Path(tempfile.mkdtemp()), {})
compiler = {'torch._dynamo', 'torch._inductor', 'sympy'}
assert not compiler & set(sys.modules), 'the compiler was imported'
"""


def imported(code: str) -> set[str]:
    """The top-level modules that are there after `code`."""
    printed = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run(
            [sys.executable, "-c", printed],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout.split()
    )


def test_reading_a_study_does_not_import_torch():
    code = (
        "from pathlib import Path; from stages.study.recipe import recipes; "
        "from stages.study.study import load; recipes(load(Path('params.yaml')))"
    )
    assert not {"torch", "torchvision", "sklearn", "pandas"} & imported(code)


def test_snakemake_dry_run_does_not_import_torch(tiny):
    (tiny / "torch.py").write_text("raise SystemExit('torch was imported')", encoding="utf-8")
    said = run(tiny, "snakemake", "--dry-run")
    assert said.returncode == 0, said.stdout
    assert "torch was imported" not in said.stdout


@pytest.mark.parametrize(
    ("stage", "forbidden"),
    [("train", HEAVY), ("evaluate", HEAVY | {"torch"}), ("ensemble", HEAVY | {"torch"})],
)
def test_a_stage_imports_only_what_it_needs(stage, forbidden):
    code = (
        f"import stages.{stage}\nfrom stages.training import *\nfrom stages.techniques import *"
        if stage == "train"
        else f"import stages.{stage}"
    )
    assert not forbidden & imported(code)


def test_a_whole_training_job_imports_nothing_heavy():
    """Every slot of the fullest recipe, trained for a step."""
    assert not HEAVY & imported(WHOLE_JOB)
