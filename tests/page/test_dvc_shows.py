"""What DVC shows of a study: one plot per quantity, all rungs in it, and a few numbers per rung."""

import json
import re

import pandas as pd
import pytest
import snakemake
from conftest import TINY, assert_ok, copy_project, run
from test_page import BROWSER, browser  # noqa: F401
from test_report import make_runs, write

# Snakemake brings along the library that draws DVC's plots, which DVC takes from the network.
DRAWN_BY = [
    f"{snakemake.__path__[0]}/assets/data/{name}/{name}.js"
    for name in ("vega", "vega-lite", "vega-embed")
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A made-up study that has its report, and DVC's plots of it: {name: Vega-Lite}."""
    project = copy_project(tmp_path_factory.mktemp("shown") / "project", TINY)
    make_runs(project / "runs" / "tiny", TINY.read_text(encoding="utf-8"))
    write(project / "runs" / "tiny", project / "reports" / "tiny")
    plots = json.loads(assert_ok(run(project, "dvc", "plots", "show", "--json")))["data"]
    return project, {name: plot[0]["content"] for name, plot in plots.items()}


def table(project, name: str) -> pd.DataFrame:
    return pd.read_csv(project / "reports" / "tiny" / "tables" / f"{name}.csv", dtype=str)


def test_there_is_one_plot_per_quantity_with_the_rungs_and_members_of_its_table(shown):
    project, plots = shown
    tables = {"Test score": "epochs", "Confusion": "confusion"}
    tables |= dict.fromkeys(["Training loss", "Validation loss"], "history")
    assert plots.keys() == tables.keys()
    for name, plot in plots.items():
        of = table(project, tables[name])
        assert pd.DataFrame(plot["data"]["values"])[list(of)].equals(of), name


def test_axes_say_what_they_are_and_rungs_and_members_are_told_apart(shown):
    plots = {name: plot["spec"] for name, plot in shown[1].items()}
    titles = {
        name: (spec["encoding"]["x"]["title"], _y(spec)["title"]) for name, spec in plots.items()
    }
    assert titles == {
        "Test score": ("epochs", "test score (accuracy and IoU as a share, PSNR in dB)"),
        "Training loss": ("epochs", "loss (nats)"),
        "Validation loss": ("epochs", "loss (nats)"),
        "Confusion": ("predicted class", "true class"),
    }
    assert plots["Test score"]["encoding"]["color"]["field"] == "rung"
    assert plots["Training loss"]["encoding"]["color"]["field"] == "member"
    assert shown[1]["Training loss"]["facet"]["field"] == "panel"


def _y(spec: dict) -> dict:
    return (spec if "y" in spec["encoding"] else spec["layer"][0])["encoding"]["y"]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed: no plot was drawn")
def test_the_confusion_plot_shows_the_counts(shown, browser):  # noqa: F811
    project, plots = shown
    page = browser.new_page()
    for file in DRAWN_BY:
        page.add_script_tag(path=file)
    draw = "plot => vegaEmbed(document.body, plot).then(({view}) => view.toSVG())"
    drawn = {name: page.evaluate(draw, plot) for name, plot in plots.items()}
    cells = re.findall(r'size="9px" fill="(?:black|white)">(\d+)<', drawn["Confusion"])
    assert sorted(cells) == sorted(table(project, "confusion")["count"])
    for name, drawing in drawn.items():
        assert all(rung in drawing for rung in ("basic", "relu", "without_dropout")), name


def test_metrics_are_a_score_and_a_share_that_learned_per_rung(shown):
    project, _ = shown
    said = json.loads(assert_ok(run(project, "dvc", "metrics", "show", "--json")))
    [(name, metrics)] = said[""]["data"].items()
    assert name == "reports/tiny/metrics.json"
    ladder = table(project, "ladder").set_index("rung")["accuracy"].astype(float)
    known = {rung: {"accuracy": ladder[rung], "learned": 1.0} for rung in ladder.index}
    known["basic"]["learned"] = pytest.approx(1 / 3)
    assert metrics["data"] == {"digits": known | {"mean_of_softmax": {"accuracy": 1.0}}}

    columns, *_ = assert_ok(run(project, "dvc", "exp", "show", "--csv", "--only-changed")).split()
    assert columns.count("accuracy") == len(ladder), columns
    assert columns.count(",") == 1 + 2 * len(ladder) - 1, columns
