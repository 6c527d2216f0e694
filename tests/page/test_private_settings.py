"""What a person, a notebook or a machine has set for matplotlib changes no figure."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

DRAW = """
import hashlib
from stages.page import figures
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2, 3], label="a_b $1")
axes.set(xlabel="epochs", title="한글")
axes.legend()
print(hashlib.sha256(figures.svg(figure).encode()).hexdigest())
"""
RC = "axes.grid: True\nfont.size: 20\nlines.linewidth: 9\nsavefig.dpi: 10\n"
SETTINGS = {
    "Jupyter's backend": {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
    "a backend that needs a screen": {"MPLBACKEND": "TkAgg"},
    "a backend that there is not": {"MPLBACKEND": "nonsense"},
    "a private style": {"MATPLOTLIBRC": "{tmp}/matplotlibrc"},
    "a private style that asks for LaTeX": {"MATPLOTLIBRC": "{tmp}/latex"},
    "a folder for settings that is none": {"MPLCONFIGDIR": "/dev/null"},
}


@pytest.fixture(scope="module")
def plain() -> str:
    return drawn({})


def drawn(settings: dict[str, str]) -> str:
    """The hash of a figure, drawn in a process with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MPL")}
    command = [sys.executable, "-c", DRAW]
    done = subprocess.run(
        command, cwd=ROOT, env=kept | settings, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_figures_are_the_same_bytes_whatever_somebody_has_set(settings, plain, tmp_path):
    (tmp_path / "matplotlibrc").write_text(RC, encoding="utf-8")
    (tmp_path / "latex").write_text("text.usetex: True\nbackend: TkAgg\n", encoding="utf-8")
    assert drawn({name: value.format(tmp=tmp_path) for name, value in settings.items()}) == plain
