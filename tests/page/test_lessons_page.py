"""The section of lessons on a study's page: there once, whole, and written into files."""

import re

import pandas as pd
import pytest
from conftest import ROOT
from test_page import BROWSER, CUT_OFF, OVERLAPS, browser, opened  # noqa: F401
from test_report import make_runs, write

from stages import files
from stages.page.lessons import shown
from stages.page.lessons.shown import cell, head
from stages.study import recipe
from stages.study.lessons import known_lessons
from stages.study.source import Source
from stages.study.study import validate

TINY = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")
NAMES = known_lessons()
WITH = f"{TINY}lessons: [{', '.join(NAMES)}]\n"
BY_HAND = '<section id="by-hand">'


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The page of two data sets and all lessons."""
    folder = tmp_path_factory.mktemp("lessons")
    make_runs(folder / "runs", WITH)
    (folder / "runs" / "others").symlink_to(folder / "runs" / "digits")
    study = files.read_json(folder / "runs" / "study.json")
    files.write_json(folder / "runs" / "study.json", study | {"datasets": ["digits", "others"]})
    return folder / "reports", write(folder / "runs", folder / "reports")


def test_lessons_stand_on_the_page_once_whatever_the_data_sets(report):
    _, page = report
    assert page.count(BY_HAND) == 1
    for name in NAMES:
        assert page.count(f'id="lesson-{name}"') == 1
    ids = re.findall(r'<(?:section|table) id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 2 * len(NAMES)


def test_every_table_and_figure_of_a_lesson_is_a_file(report):
    folder, page = report
    worked = shown(NAMES)
    for lesson in worked:
        for name, numbers in lesson.numbers.items():
            kept = pd.read_csv(folder / "tables" / f"lesson-{lesson.name}-{name}.csv")
            assert list(kept.columns) == list(numbers.columns)
            assert len(kept) == len(numbers)
        for drawn in lesson.drawn:
            figure = folder / "figures" / f"lesson-{lesson.name}-{drawn.name}.svg"
            assert figure.read_text(encoding="utf-8") in page
    written = {path.name for path in (folder / "figures").glob("lesson-*")}
    assert len(written) == sum(len(lesson.drawn) for lesson in worked)


def test_the_summary_names_the_lessons(report):
    text = (report[0] / "summary.md").read_text(encoding="utf-8")
    assert "Worked by hand, on the page: AlexNet, layer by layer; Back-propagation; " in text


def test_a_study_without_lessons_has_no_such_section(tmp_path):
    make_runs(tmp_path / "runs", TINY)
    page = write(tmp_path / "runs", tmp_path / "reports")
    assert BY_HAND not in page
    assert "#by-hand" not in page
    assert "by hand" not in (tmp_path / "reports" / "summary.md").read_text(encoding="utf-8")


def test_lessons_train_nothing():
    plain, taught = (validate(Source(text, "tiny.yaml")) for text in (TINY, WITH))
    assert taught.lessons == NAMES
    assert recipe.recipes(plain) == recipe.recipes(taught)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (-0.5, "−0.5"),
        (1e-9, "1e−09"),
        (None, "–"),
        (True, "yes"),
        ("a", "a"),
    ],
)
def test_a_value_as_a_reader_reads_it(value, text):
    assert cell(value) == text


@pytest.mark.parametrize(
    ("column", "text"),
    [("chain_rule", "Chain rule"), ("y1", "y1"), ("tanh(W1 x)", "tanh(W1 x)"), ("γ", "γ")],
)
def test_a_column_as_a_reader_reads_it(column, text):
    assert head(column) == text


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_nothing_is_cut_or_overlaps_and_nothing_serious_for_axe(
    browser,  # noqa: F811
    report,
    width,
    scheme,
):
    from axe_playwright_python.sync_playwright import Axe

    size = {"width": width, "height": 900}
    for page in opened(browser, report[0] / "index.html", viewport=size, color_scheme=scheme):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(OVERLAPS) == []
        # Not with all numbers open: axe takes minutes for thousands of cells.
        found = Axe().run(page, context="#by-hand").response["violations"]
        serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert serious == []
