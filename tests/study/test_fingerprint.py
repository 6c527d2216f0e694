"""Which change of the code trains which rung again."""

import json
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

HASHES = """
import json, sys
from pathlib import Path
from stages.study.recipe import recipes
from stages.study.study import load
assert "torch" not in sys.modules
print(json.dumps({rung: recipe["code"] for rung, recipe in recipes(load(Path("tiny.yaml"))).items()}))
"""

CHANGES = {
    "a comment": ("training.py", "# What", "# What?", set()),
    "a docstring": ("techniques/activation.py", "Keep what is positive", "Keep only what is positive", set()),
    "a blank line": ("techniques/dropout.py", "def standard", "\n\ndef standard", set()),
    "a function that nobody names": ("techniques/activation.py", "def relu", "def nobody():\n    return 1\n\n\ndef relu", set()),
    "another function's body": ("techniques/initialization.py", "nn.init.xavier_uniform_(", "nn.init.xavier_normal_(", set()),
    "a used function": ("techniques/activation.py", "return nn.ReLU()", "return nn.ReLU6()", {"relu", "dropout", "without_dropout"}),
    "a helper of a used function": ("techniques/dropout.py", ">= self.rate", "> self.rate", {"dropout"}),
    "the loop": (
        "training.py",
        "SHARE_OF_TIME, AT_LEAST_AFTER = 1 / 20",
        "SHARE_OF_TIME, AT_LEAST_AFTER = 1 / 30",
        {"basic", "relu", "dropout", "without_dropout"},
    ),
    "what the loop imports": ("randomness.py", '"big"', '"little"', {"basic", "relu", "dropout", "without_dropout"}),
    "how members are combined": ("ensemble.py", "SUBSETS_PER_SIZE = 20", "SUBSETS_PER_SIZE = 10", {"mean_of_softmax"}),
    "the report": ("report.py", "import shutil", "import shutil\nimport sys", set()),
}


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "stages", tmp_path / "stages", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "tiny.yaml", tmp_path)
    return tmp_path


def hashes(project) -> dict[str, dict]:
    return json.loads(
        subprocess.run([sys.executable, "-c", HASHES], cwd=project, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    )


def test_what_a_slot_imports_counts_where_the_slot_is_used(project):
    (project / "stages" / "helper.py").write_text("HELPS = True\n", encoding="utf-8")
    slot = project / "stages" / "techniques" / "dropout.py"
    slot.write_text(
        slot.read_text(encoding="utf-8").replace("import torch\n", "import torch\n\nfrom stages.helper import HELPS\n", 1), encoding="utf-8"
    )
    assert {rung for rung, code in hashes(project).items() if "stages.helper" in code} == {"dropout"}


@pytest.mark.parametrize("change", CHANGES)
def test_only_the_rungs_that_run_the_code_change(project, change):
    file, old, new, expected = CHANGES[change]
    before, path = hashes(project), project / "stages" / file
    text = path.read_text(encoding="utf-8")
    if change == "a comment":
        path.write_text(f"{text}\n# What the loop does is told above.\n", encoding="utf-8")
    else:
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    after = hashes(project)
    assert {rung for rung in before if before[rung] != after[rung]} == expected
