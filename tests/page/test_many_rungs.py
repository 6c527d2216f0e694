"""Pages of many rungs: small charts that need no measuring, charts that fold."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import ROOT
from test_report import make_runs, write

from stages.page import document, figures

FOLDED = "<details><summary>The chart of all rungs</summary>"


@pytest.mark.parametrize("rungs", [1, 2, 9])
def test_what_stands_around_small_charts_lies_within_the_figure(rungs):
    names = [f"a_rung_of_a_very_long_name_indeed_{number}" for number in range(rungs)]
    rows = [
        {"rung": name, "epoch": epoch, "learning_rate": 0.000123 / epoch}
        for name in names
        for epoch in range(1, 101)
    ]
    figure = figures.rates(pd.DataFrame(rows))
    figure.canvas.draw()
    (left, below), (right, above) = figure.get_tightbbox().min, figure.get_tightbbox().max
    wide, high = figure.get_size_inches()
    assert min(left, below) >= 0
    assert right <= wide
    assert above <= high
    plt.close(figure)


def test_charts_fold_where_there_are_many_rungs(tmp_path, monkeypatch):
    make_runs(tmp_path / "runs", (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8"))
    assert FOLDED not in write(tmp_path / "runs", tmp_path / "few")
    monkeypatch.setattr(document, "MANY", 3)
    page = write(tmp_path / "runs", tmp_path / "many")
    assert page.count(FOLDED) >= len(["ladder", "narrow", "curves", "gradients", "histograms"])
    assert "tables/diagnostics.csv" in page
    assert 'data-numbers="digits-diagnostics"' not in page
    assert 'data-numbers="digits-epochs"' in page
