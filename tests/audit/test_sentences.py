"""Every sentence that a page says of what was found, with the cells of the tables that it rests on:
made again from these (audited_sentences.py), and contradicted by no other table of the page."""

import re
from pathlib import Path

import pytest
from audited_cells import of_ladder, of_predictions
from audited_files import rows
from audited_list import listed
from audited_page import Page, Row, plain, read_page, read_summary, words
from audited_sentences import PATTERNS, audited, parses
from conftest import ROOT
from made_up import DECK, FALL, LARGE, made

RESULTS = ROOT / "docs" / "results"


def kept() -> list[tuple[str, str]]:
    """Study and data set of the results that are kept, as far as they have all that a summary is
    made from, and networks that are right or wrong."""
    ladders = {file.parents[1].name: rows(file) for file in RESULTS.glob("*/tables/ladder.csv")}
    has = {name: of for name, of in ladders.items() if {"learned_p", "accuracy"} <= of[0].keys()}
    return sorted({(name, row["dataset"]) for name, of in has.items() for row in of})


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    return made(tmp_path_factory.mktemp("sentences"), LARGE).page


@pytest.fixture(scope="module")
def pages(finished, large, tmp_path_factory) -> dict[str, Page]:
    """Pages, and summaries in Markdown."""
    deck = made(tmp_path_factory.mktemp("sentences"), DECK).page
    fall = made(tmp_path_factory.mktemp("sentences"), FALL).page
    return {
        "tiny": read_page(finished / "reports" / "tiny", "digits"),
        "tiny, summary": read_summary(finished / "reports" / "tiny", "digits"),
        "made up": read_page(large, "digits"),
        "made up, summary": read_summary(large, "digits"),
        "a deck's": read_page(deck, "cifar10"),
        "after a fall": read_page(fall, "digits"),
    } | {f"{name}, {of}": read_summary(RESULTS / name, of) for name, of in kept()}


MADE = ["tiny", "tiny, summary", "made up", "made up, summary", "a deck's", "after a fall"]


@pytest.fixture(params=MADE + [f"{name}, {of}" for name, of in kept()])
def page(request, pages) -> Page:
    return pages[request.param]


def test_every_sentence_is_made_again_from_the_cells_that_it_rests_on(page):
    """A new kind of sentence belongs into audited_sentences.py."""
    said = list(audited(page))
    assert len(said) >= 5
    for sentence, remade in said:
        assert remade.is_said_by(sentence), f"{sentence!r}\nis not\n{remade.text!r}"
        assert remade.cells, sentence


def test_every_cell_of_the_tables_that_they_speak_of_is_made_again(page):
    said = [*of_ladder(page), *of_predictions(page)]
    assert len(said) >= 12
    for cell, remade in said:
        assert remade.is_said_by(cell), f"{cell!r}\nis not\n{remade.text!r}"


def test_a_sentence_that_nobody_knows_is_found(page):
    for place, text in (("found", "All is well."), ("faults", "None. But one."), ("lead", "")):
        odd = Page(page.dataset, page.tables, [(place, text)], page.shown)
        if text:
            with pytest.raises(AssertionError, match="no known kind"):
                list(audited(odd))


def of_pairs(rows: list[Row]) -> dict[frozenset, set[str]]:
    """What is said of each pair of rungs, as seen from the first in the alphabet."""
    turned = {"better": "worse", "worse": "better"}
    found: dict[frozenset, set[str]] = {}
    for row in rows:
        if row["compared_with"] and row["kind"] != "combined":
            first = row["rung"] < row["compared_with"]
            said = row["verdict"] if first else turned.get(row["verdict"], row["verdict"])
            found.setdefault(frozenset((row["rung"], row["compared_with"])), set()).add(said)
    return found


def test_a_pair_has_one_verdict_wherever_it_stands(page):
    assert all(len(verdicts) == 1 for verdicts in of_pairs(page.ladder).values())


def test_what_is_called_better_has_its_mark(page):
    """In the table that stands on the page, and nothing else has."""
    for line in page.shown["ladder"]:
        row = page.rung(line["Rung"])
        assert ("▲" in line["Verdict"]) == ("better" in row["verdict"])
        assert ("▼" in line["Verdict"]) == ("worse" in row["verdict"])
        assert ("○" in line["Verdict"]) == (row["verdict"] == "can't tell")


def said(page: Page, begins: str) -> str:
    """The sentence that begins so; nothing where none does."""
    found = [sentence for sentence, _ in audited(page) if sentence.startswith(begins)]
    return found[0] if found else ""


def test_a_rung_that_is_said_to_have_learned_nothing_has_no_network_that_did(page):
    named = said(page, "No network of ").removeprefix("No network of ").removesuffix(" learned.")
    some = said(page, "Some networks learned")
    for row in page.alone:
        name, learned = words(row["rung"]), int(row["learned_members"])
        assert (name in re.split(r", | and ", named)) == (learned == 0)
        assert (f" of {name} learned" in some) == (0 < learned < int(row["members"]))
    for line in page.shown["ladder"]:
        row = page.rung(line["Rung"])
        if row["kind"] != "combined":
            shown = next(cell for head, cell in line.items() if "interval, n)" in head)
            nothing = row["learned_members"] == "0"
            assert (
                ("none learned" in shown)
                == nothing
                == line["Learned (95 % interval)"].startswith("0 ")
            )


def test_what_the_test_images_cant_tell_from_the_best_no_table_calls_better_or_worse(page):
    [best] = page.tables["best"]
    verdicts = of_pairs(page.ladder)
    for name in best["alike"].split():
        assert not verdicts.get(frozenset((name, best["rung"])), set()) & {"better", "worse"}
    assert page.rung(words(best["rung"]))["learned_members"] != "0" or all(
        row["learned_members"] == "0" for row in page.alone
    )


def test_a_fault_is_of_as_many_networks_that_learned_as_the_ladder_has(page):
    for row in page.tables["faults"]:
        of = page.rung(words(row["rung"]))
        assert (row["learned"], row["members"]) == (of["learned_members"], of["members"])


def test_a_prediction_and_a_step_of_one_pair_dont_contradict_each_other(page):
    verdicts = of_pairs(page.ladder)
    for row in page.tables["expectations"]:
        if row["form"] != "better" or not row["quantity"].startswith("test_"):
            continue
        above, below = row["rungs"].split()
        of = verdicts.get(frozenset((above, below)), set())
        better, worse = ("better", "worse") if above < below else ("worse", "better")
        if not row["quantity"].endswith("loss"):
            assert not (row["outcome"] == "held" and worse in of)
            assert not (row["outcome"] == "not held" and better in of)


def test_an_ensemble_is_not_better_than_networks_of_which_none_learned(page):
    for row in page.of_kind("combined"):
        of = page.rung(words(row["compared_with"]))
        assert of["learned_members"] != "0" or row["verdict"] == "can't tell"


def test_as_many_networks_failed_as_the_ladder_says(page):
    failed = sum(int(row["members"]) - int(row["learned_members"]) for row in page.alone)
    reasons = [text for place, text in page.blocks if place == "reasons"]
    assert bool(reasons) == bool(failed) or not any(place == "reasons" for place, _ in page.blocks)
    for text in reasons:
        for found in re.findall(r"(\d+) of \d+ networks had not learned", text):
            assert int(found) == failed


@pytest.mark.parametrize("shown", ["errors", "robustness", "group-1", "group-2", "group-3"])
def test_a_caption_says_that_its_numbers_are_of_the_networks_that_learned(large, shown):
    """As those of the tables are: of the confusion matrix, and of groups that are drawn as a
    ladder, as lines and as a heat map."""
    text = (large / "index.html").read_text(encoding="utf-8")
    section = text.partition(f'<section id="digits-{shown}">')[2]
    caption = plain(re.search(r"<figcaption>(.*?)</figcaption>", section, re.S)[1])
    assert "that learned" in caption
    assert "4 networks" not in caption


def test_every_kind_of_sentence_comes_up_somewhere(pages):
    """But for those on a study of one rung."""
    blocks = (parses(*block)[0] for page in pages.values() for block in page.blocks)
    seen = {id(pattern) for sentences in blocks for pattern, _ in sentences}
    unseen = {of.known_by.pattern[:12] for of in PATTERNS if id(of) not in seen}
    assert unseen == {"The one rung", "Nothing is c"}


def test_the_list_of_quickstarts_sentences_is_of_what_stands_there(pages):
    """`python tests/audit/audited_list.py docs/results/quickstart digits` prints it anew."""
    found = (Path(__file__).parent / "quickstart.md").read_text(encoding="utf-8")
    assert found == listed(pages["quickstart, digits"])
