"""Super-resolution on the page: against enlarging without learning, and the images side by side."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages.page.cells.view import Cell, View, head, measured
from stages.page.images import png
from stages.page.tables.runs import gather

SECTIONS = [("images", "Images")]
TEMPLATE = "super_resolution/sections.html.j2"
EMBEDDED = ["references"]
KEPT, SUMMED_UP = ["references"], ["references"]


def tables(runs: Path, study: dict) -> dict[str, pd.DataFrame]:
    """What methods reach that learn nothing, once for each data set."""
    return {"references": gather(runs, study, study["ladder"][:1], "references.csv")}


def views(study: dict, of: dict[str, pd.DataFrame]) -> list[View]:
    """Every rung and every method that learns nothing, the best first."""
    rungs = [
        (head(row.rung), row.psnr, row.ssim)
        for row in of["ladder"].drop_duplicates("rung").itertuples()
    ]
    methods = [
        (Cell(f"{row.method}, without learning", looks="head"), row.psnr, row.ssim)
        for row in of["references"].itertuples()
    ]
    rows = [
        [name, measured(psnr, lambda v: f"{v:.2f} dB"), measured(ssim, lambda v: f"{v:.3f}")]
        for name, psnr, ssim in sorted(rungs + methods, key=lambda row: -row[1])
    ]
    return [View("references", "The rungs beside enlarging without learning",
                 ["Rung or method", "PSNR", "SSIM"], rows, "references")]  # fmt: skip


def shown(study: dict, run: Path, of: dict[str, pd.DataFrame], tested: np.ndarray) -> dict:
    """The first test images: small, enlarged without learning and by the rung of the folder `run`,
    and as they were."""
    with np.load(run / "images.npz") as kept:
        columns = [*kept["enlarged"], kept["predicted"], kept["truth"]]
    return {"enlarged": [list(map(png, row)) for row in zip(*columns, strict=True)]}
