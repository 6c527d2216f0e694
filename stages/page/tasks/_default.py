"""What the page shows of a task beside what it shows of every task: nothing."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from stages.page.cells.view import View

# Sections as (id, title), in the order of TEMPLATE, which stands in the folder stages/page/tasks/
# and fills them for one data set; and which tables the page carries with it.
SECTIONS: list[tuple[str, str]] = []
TEMPLATE = ""
EMBEDDED: list[str] = []
# Which tables docs/results keep of it, and which of its views, made from these and the ladder, the
# summary has.
KEPT: list[str] = []
SUMMED_UP: list[str] = []


def tables(runs: Path, study: dict) -> dict[str, pd.DataFrame]:
    """Tables of the study in the folder `runs` by name, the data set in their first column."""
    return {}


def figures(study: dict, of: dict[str, pd.DataFrame]) -> Iterable[tuple[str, plt.Figure]]:
    """(name, figure) of what is drawn of one data set, from its tables."""
    return []


def views(study: dict, of: dict[str, pd.DataFrame]) -> list[View]:
    """Tables as a reader sees them, of one data set."""
    return []


def shown(study: dict, run: Path, of: dict[str, pd.DataFrame], tested: np.ndarray) -> dict:
    """What TEMPLATE shows beside figures and views; `run` is the folder of the ladder's last rung,
    `tested` are all test images [n, C, H, W]."""
    return {}
