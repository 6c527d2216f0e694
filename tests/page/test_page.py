"""The page in a browser: opened from a file, without a network; used, narrowed, darkened, printed,
and checked for accessibility."""

import io
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from test_report import make_runs, write

from stages import evaluate, files

TINY = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium is installed: the page was not opened in a browser"
)

# Every table that is there without a click, with the tables that come with one.
OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter(element => {
  const box = element.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1
    && !element.closest(".scroll, .chart, pre, .unseen");
}).map(element => element.outerHTML.slice(0, 100))"""
OVERLAPS = """() => {
  const all = [...document.querySelectorAll("main > header, main section > *")];
  const parts = all.filter(e => e.tagName !== "SECTION" && e.getClientRects().length);
  return parts.flatMap((a, i) => parts.slice(i + 1, i + 3)
    .filter(b => !a.contains(b) && !b.contains(a)).filter(b => {
    const [x, y] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    return Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
      && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1;
  }).map(b => [a.outerHTML.slice(0, 80), b.outerHTML.slice(0, 80)]));
}"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The page of a study with every kind of rung, a group, an ensemble, claims and a diverged
    member."""
    folder = tmp_path_factory.mktemp("page")
    make_runs(folder / "runs", TINY + "title: 'A title, \"quoted\" & 한국어'\n")
    return folder / "reports" / "tiny", write(folder / "runs", folder / "reports" / "tiny")


@pytest.fixture
def page(browser, report):
    """The page, opened from its file; whatever it logs or asks the network for is a failure."""
    yield from opened(browser, report[0] / "index.html")


def opened(browser, path, **settings):
    context = browser.new_context(offline=True, accept_downloads=True, **settings)
    page, wrong = context.new_page(), []
    page.on(
        "console",
        lambda message: (
            wrong.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: (
            wrong.append(request.url)
            if not request.url.startswith(("file:", "data:", "blob:"))
            else None
        ),
    )
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.goto(path.as_uri())
    yield page
    assert wrong == []
    context.close()


def column(page, table: str, number: int) -> list[str]:
    return page.eval_on_selector_all(
        f"{table} tbody tr:not([hidden]) > :nth-child({number})",
        "cells => cells.map(c => c.textContent.trim())",
    )


def test_every_table_sorts_and_goes_back(page):
    page.evaluate(OPEN_ALL)
    page.wait_for_selector("#numbers-digits-epochs-table")
    tables = page.eval_on_selector_all(
        "main table", "tables => tables.map(t => (t.id ||= 'unnamed'))"
    )
    assert len(tables) >= 15
    for name in tables:
        before = column(page, f"#{name}", 1)
        head = page.locator(f"#{name} thead th").first
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        up = column(page, f"#{name}", 1)
        head.locator("button").click()
        down = column(page, f"#{name}", 1)
        head.locator("button").click()
        assert sorted(up) == sorted(before)
        assert up == before or len(set(before)) > 1
        assert down[0] == max(up, key=up.index) or down != up or len(set(up)) == 1, name
        assert column(page, f"#{name}", 1) == before


def test_numbers_are_sorted_as_numbers(page, report):
    accuracy = (
        pd.read_csv(report[0] / "tables" / "ladder.csv")
        .query("kind != 'beside'")
        .set_index("rung")["accuracy"]
    )
    page.locator("#digits-ladder-table thead th").nth(2).locator("button").click()
    assert column(page, "#digits-ladder-table", 1) == [
        rung.replace("_", " ") for rung in accuracy.sort_values(kind="stable").index
    ]


# The texts of the rows that are seen: one question for all of them.
VISIBLE = "rows => rows.filter(row => row.checkVisibility()).map(row => row.textContent)"


def test_every_table_filters(page):
    page.evaluate(OPEN_ALL)
    page.wait_for_selector("#numbers-digits-epochs-table")
    for box in page.locator("[data-filter]").all():
        name = box.get_attribute("data-filter")
        rows = page.locator(f"#{name}-table tbody tr")
        word = rows.first.locator("> *").first.text_content().split()[0]
        box.fill(word)
        shown = rows.evaluate_all(VISIBLE)
        assert shown
        assert all(word.lower() in text.lower() for text in shown)
        box.fill("nothing is called so")
        assert rows.evaluate_all(VISIBLE) == []
        box.fill("")


def test_a_csv_holds_the_tables_own_numbers(page, report):
    with page.expect_download() as download:
        page.locator("button[data-save='digits-ladder']").first.click()
    saved = pd.read_csv(download.value.path())
    pd.testing.assert_frame_equal(
        saved, pd.read_csv(report[0] / "tables" / "ladder.csv"), rtol=1e-5
    )


def copied(page, kind: str) -> str:
    """What a click on a button of the ladder's table puts where it can be pasted."""
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    page.locator(f"button[data-copy={kind}][data-table=digits-ladder]").click()
    page.wait_for_function("window.copied !== undefined")
    tools = page.locator(".tools", has=page.locator("button[data-table=digits-ladder]"))
    assert tools.locator(".said").first.text_content() == "copied"
    return page.evaluate("window.copied")


def test_markdown_is_the_table_as_it_is_shown(page, report):
    page.locator("[data-filter=digits-ladder]").fill("relu")
    lines = copied(page, "markdown").splitlines()
    table = pd.read_csv(
        io.StringIO("\n".join([lines[0], *lines[2:]])), sep=r"\s*\|\s*", engine="python"
    ).dropna(axis=1, how="all")
    ladder = pd.read_csv(report[0] / "tables" / "ladder.csv").set_index("rung")
    assert set(lines[1]) <= set("|- ")
    assert "relu" in list(table["Rung"])
    [row] = [line for line in lines if line.startswith("| relu |")]
    assert f"{100 * ladder.loc['relu', 'accuracy']:.1f} % (" in row
    assert f"{100 * ladder.loc['relu', 'difference']:+.1f}".replace("-", "−") in row


def test_latex_escapes_what_is_special(page, report):
    text = copied(page, "latex")
    accuracy = (
        pd.read_csv(report[0] / "tables" / "ladder.csv").set_index("rung").loc["basic", "accuracy"]
    )
    assert text.startswith(
        "\\begin{tabular}{lllllll}\n\\hline\nRung & Learned (95 \\% interval) & "
        "Accuracy in \\% (95 \\% interval, n)"
    )
    assert f"{100 * accuracy:.1f} \\% (" in text
    assert "−" not in text
    assert text.count(" \\\\\n") == 1 + 4


def test_every_link_goes_somewhere(page, report):
    for link in page.locator("a[href]").all():
        target = link.get_attribute("href")
        assert (
            page.locator(f"[id='{target[1:]}']").count() == 1
            if target.startswith("#")
            else (report[0] / target).is_file()
        )
    page.locator("[data-index]").click()
    assert page.locator("h1").text_content() == "All studies"
    page.locator("tbody a").first.click()
    assert page.locator("h1").text_content().startswith("A title")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_list_of_studies_uses_the_width_that_there_is(browser, report, width):
    for page in opened(
        browser, report[0].parent / "index.html", viewport={"width": width, "height": 900}
    ):
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("table").bounding_box()["width"] > min(0.6 * width, 800)


def test_several_data_sets_side_by_side_are_saved_together(browser, tmp_path):
    make_runs(tmp_path / "runs", TINY)
    shutil.copytree(tmp_path / "runs" / "digits", tmp_path / "runs" / "others")
    study = files.read_json(tmp_path / "runs" / "study.json")
    files.write_json(tmp_path / "runs" / "study.json", study | {"datasets": ["digits", "others"]})
    write(tmp_path / "runs", tmp_path / "reports" / "tiny")
    for page in opened(browser, tmp_path / "reports" / "tiny" / "index.html"):
        with page.expect_download() as download:
            page.locator("#side-by-side button[data-save='all-ladder']").click()
        assert set(pd.read_csv(download.value.path())["dataset"]) == {"digits", "others"}


def test_the_contents_follow(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#digits-cost").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('digits-cost').scrollIntoView({behavior: 'instant'})")
    page.wait_for_selector("nav a[href='#digits-cost'][aria-current]")


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (768, "light"), (1440, "light"), (1440, "dark")]
)
def test_nothing_is_cut_or_overlaps_and_nothing_serious_for_axe(browser, report, width, scheme):
    """axe-core checks contrast, too, so what it passes is legible."""
    from axe_playwright_python.sync_playwright import Axe

    for page in opened(
        browser,
        report[0] / "index.html",
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    ):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(OPEN_ALL)
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(OVERLAPS) == []
        # Rows of one table are alike, and axe takes most of its time for them.
        page.evaluate(
            "document.querySelectorAll('tbody tr:nth-child(n + 6)').forEach(row => row.remove())"
        )
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [
            (v["id"], v["nodes"][0]["html"][:200])
            for v in found
            if v["impact"] in ("serious", "critical")
        ] == []


def test_print_has_all_tables_and_no_tools(page):
    page.emulate_media(media="print")
    assert not page.locator(".tools").first.is_visible()
    assert not page.locator("nav").is_visible()
    assert page.locator("#digits-ladder-table").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert len(page.pdf()) > 10_000


def test_without_scripts_everything_is_there_to_read(browser, report):
    for page in opened(browser, report[0] / "index.html", java_script_enabled=False):
        assert page.locator("#digits-ladder-table").is_visible()
        assert not page.locator(".tools").first.is_visible()


def forty_rungs() -> str:
    stanzas = "".join(
        f"  rung_{i}: {{like: basic, optimizer: {{sgd: {{learning_rate: {0.1 + i / 100}}}}}}}\n"
        for i in range(39)
    )
    return (
        TINY.replace(
            "[basic, relu, dropout]",
            f"[{', '.join(['basic', *(f'rung_{i}' for i in range(38))])}, dropout]",
        )
        + stanzas
    )


@pytest.mark.parametrize(
    "kind", ["diverged", "one member", "no claim", "forty rungs", "hostile words"]
)
def test_odd_studies_give_a_page_that_is_right_and_legible(browser, tmp_path, kind):
    text, members = TINY, 3
    if kind == "forty rungs":
        text = forty_rungs()
    elif kind == "one member":
        members = 1
    elif kind == "no claim":
        text = re.sub(r"(?<!activation: )\brelu\b", "rectified", TINY)
        text = re.sub(r"\bbasic\b(?!: {width)", "first", text)
        text = re.sub(r"\bdropout\b(?!: {standard|: none)", "last", text)
    elif kind == "hostile words":
        text += "title: <script>alert(1)</script> \"'\n"
        text += "departures: ['<img src=x onerror=alert(2)>', 한국어 quoted]\n"
    make_runs(tmp_path / "runs", text, members)
    if kind == "diverged":
        diverge(tmp_path / "runs", "relu")
    content = write(tmp_path / "runs", tmp_path / "reports" / "tiny")
    for page in opened(
        browser,
        tmp_path / "reports" / "tiny" / "index.html",
        viewport={"width": 1440, "height": 900},
    ):
        page.evaluate(OPEN_ALL)
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(OVERLAPS) == []
        rows = column(page, "#digits-ladder-table", 1)
        assert len(rows) == {"forty rungs": 41}.get(kind, 4)
        verdicts = column(page, "#digits-ladder-table", 5)
        if kind == "diverged":
            assert rows[1] == "relu 1 of 3 diverged"
        if kind == "one member":
            assert verdicts[1:3] == ["one network: no verdict"] * 2
        if kind == "no claim":
            assert page.locator("#digits-claims").count() == 0
        if kind == "hostile words":
            assert page.locator("h1").text_content() == "<script>alert(1)</script> \"'"
            assert "한국어 quoted" in page.locator("#digits-made").text_content()
    assert len(content.encode()) < 5_000_000


def diverge(runs, rung: str) -> None:
    """Make the second member's predictions those of one whose weights are no numbers any more."""
    run = runs / "digits" / rung
    with np.load(run / "predictions.npz") as data:
        arrays = dict(data)
    arrays["test_predictions"][1] = np.nan
    files.write_arrays(run / "predictions.npz", **arrays)
    evaluate.main(
        run / "recipe.json",
        run / "predictions.npz",
        *(runs / name for name in ("images.npy", "labels.npy", "classes.json", "facts.json")),
        run,
    )
