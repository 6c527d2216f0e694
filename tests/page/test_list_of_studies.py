"""The list of all studies, which no engine removes together with a study."""

import shutil

import pytest
from conftest import TINY
from test_page import BROWSER, browser, opened  # noqa: F401
from test_report import make_runs, write

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium is installed: the page was not opened in a browser"
)


def test_a_study_that_was_deleted_is_not_listed(browser, tmp_path):  # noqa: F811
    runs, reports = tmp_path / "runs", tmp_path / "reports"
    for name in ("kept", "gone"):
        text = TINY.read_text(encoding="utf-8").replace("study: tiny", f"study: {name}")
        make_runs(runs / name, text)
        write(runs / name, reports / name)
    for page in opened(browser, reports / "index.html"):
        assert page.locator("tbody a:visible").all_text_contents() == ["gone", "kept"]
    shutil.rmtree(reports / "gone")
    page = browser.new_page()
    page.goto((reports / "index.html").as_uri())
    assert page.locator("tbody a:visible").all_text_contents() == ["kept"]
