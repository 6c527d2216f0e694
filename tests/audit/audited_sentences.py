"""Every kind of sentence that a page may say of what was found: how it is recognized, and how it is
made again from the cells of the tables that it rests on.

A sentence that none of PATTERNS knows, or that two of them know, fails the audit, and so does one
whose remake is another. `remade` gives the text, and by name every cell that it was made from.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import audited_data as known
import audited_findings as findings
from audited_page import Page

Remake = Callable[[Page, re.Match], findings.Remade]


@dataclass(frozen=True)
class Pattern:
    """A kind of sentence: where it may stand, a regular expression of the whole of it, and what it
    is made again by; `fixed` ones hold no number and no name."""

    place: str
    known_by: re.Pattern
    remade: Remake | None = field(default=None)


def _pattern(place: str, known_by: str, remade: Remake | None = None) -> Pattern:
    return Pattern(place, re.compile(known_by + r"(?= |$)"), remade)


NAMES = r"[^.]+?"
FEW = r"(one network|\d+ networks) each (is|are) too few to tell"
PATTERNS = [
    # How many ideas helped.
    _pattern("lead", rf"(For (all )?(one|\d+) (idea|comparison)s?, {FEW}\.)", findings.lead),
    _pattern("lead", r"Of (one|\d+) (idea|comparison)s? .*?(?:[^.]|\.(?! ))+?\.", findings.lead),
    _pattern("lead", rf"{NAMES} (does|do) better than the networks that (it combines|they "
             r"combine), on average\.", findings.ensembles),
    _pattern("lead", r"Nothing is compared here: no rung has two networks and another rung beside "
             r"it\."),
    # Which networks learned.
    _pattern("found", rf"No network of {NAMES} learned\.", findings.none_learned),
    _pattern("found", rf"Some networks learned and others did not: {NAMES}\.",
             findings.some_learned),
    # The largest improvement, and what it follows.
    _pattern("found", r"The largest improvement that is sure is (?P<above>.+?) against .+?: "
             r"(?=[+−\d]).+?\.(?!\d)", findings.largest),
    _pattern("found", r"It comes after a step for the worse: .+?\.(?!\d)", findings.follows),
    # The best rung.
    _pattern("found", r"The one rung, .+?, reaches test .+?\.(?!\d)", findings.only),
    _pattern("found", r"(The best rung, chosen on the validation images, is|By the test images "
             r"alone, which makes its number too good, the best rung is) .+?: test .+?\.(?!\d)",
             findings.best),
    _pattern("found", rf"On the test images {NAMES} did better\.", findings.ahead),
    _pattern("found", rf"So few networks and images can't tell it from {NAMES}\.", findings.alike),
    # Groups, choices, predictions.
    _pattern("group", r"(?P<title>.+?)\. Each against .+?: .*(?<!\d)\.", findings.group),
    _pattern("choice", r"(?P<title>.+?): Of \d+ rungs the validation images choose .+?: validation "
             r".+?, test .+?\.(?!\d)", findings.chosen),
    _pattern("choice", r"(.+?: )?Its validation .+? is (not|[\d.]+ .+?) too good beside .+?: "
             r"(no|the) optimism (is seen here|of having been chosen by it)\.", findings.optimism),
    _pattern("choice", r"(?!Its )(.+?: )?([^.:]+ is the best by test .+? the choice lost .+?"
             r"\.(?!\d)|No other rung has a better test score, which only the test images know\.)",
             findings.lost),
    _pattern("choice", r"(.+?: )?The choice took [\d,]+ seconds of training, \d+ times those of "
             r"the chosen rung\.", findings.took),
    _pattern("counted", r"What the study predicted: .+?\.", findings.counted),
    _pattern("counted", r"Predictions that the study wrote down before: .+?\.", findings.counted),
    _pattern("predicted, paragraphs", r"Written down in the study itself: .+?\.", findings.counted),
    _pattern("predicted, paragraphs", r"Each prediction is judged on its own, .+ are exact\."),
    # What can't be told, and why networks did not learn.
    _pattern("limits", r"What this can't tell you:.+\.", findings.limits),
    _pattern("found, paragraphs", r"What this can't tell you\..+\.", findings.limits),
    _pattern("reasons", r"What separates .+ wrong\.", findings.separates),
    _pattern("reasons", r"Nothing that was measured here tells why.+\.", findings.nothing_tells),
    _pattern("found, paragraphs", r"A network has learned whose test .+ inside the networks\."),
    _pattern("found, paragraphs", r"The decks are the slides that this ladder comes from; all "
             r"claims, one by one\."),
    _pattern("found, paragraphs", r"Test .+ of every rung on .+ \([\d,]+ test images\)\. A grey "
             r"dot .+ can't tell\.", findings.caption),
    # Inside the networks.
    _pattern("faults", r"[A-Z].+?: .+\)\.", findings.fault),
    _pattern("faults", r"None\.", findings.no_fault),
    _pattern("inside", r"(?P<above>.+?) against (?P<below>.+?), before training: .+\.",
             findings.inside),
    _pattern("inside", r"None: no rung changes the RMS gradient of the first layer tenfold, or the "
             r"share of constant units by a fifth\.", findings.no_inside),
    _pattern("why, paragraphs", r"(What the layers make of|A rung is listed where|These "
             r"measurements at this step|The RMS gradient of the weights|How much of the size|The "
             r"activations of each layer|Constant units:).+\."),
    # The decks' claims.
    _pattern("claims", r"Deck .+?: claimed .+, measured .+: (reproduced|not reproduced|can't tell)"
             r"( \(told from .+ on\))?\.", findings.claim),
    _pattern("claims", r"(None of the \d+|The) (other )?claims? of the decks can('t)? be compared "
             r"with what was run here: data, budget, settings or what was measured differ\.",
             findings.no_claim),
    # What the data don't tell.
    _pattern("data", r"(Of [\d,]+ training images [\d,]+ are for validation, drawn at "
             r"random|None of the [\d,]+ training images is for validation).*?\.",
             known.validation),
    _pattern("data", r"Images that follow each other are (alike|hardly more alike than "
             r"others): .+\.", known.order),
    _pattern("data", r"(No|One of [\d,]+|[\d,]+ of [\d,]+) test images? ha(s|ve) a near copy.+"
             r"\)\.", known.copies),
    _pattern("data", r"From one block of .+\.", known.blocks),
    # How many comparisons there are, above the ladder's table.
    _pattern("ladder", r"Behind a mean stand .+ networks that learned\.", findings.comparisons),
]  # fmt: skip


def parses(place: str, text: str) -> list[list[tuple[Pattern, re.Match]]]:
    """All ways to read a block as sentences, one after the other, of the kinds of its place."""
    if not text:
        return [[]]
    found = []
    for pattern in PATTERNS:
        match = pattern.known_by.match(text) if pattern.place == place else None
        if match:
            rest = parses(place, text[match.end() :].strip())
            found += [[(pattern, match), *sentences] for sentences in rest]
    return found


def audited(page: Page) -> Iterator[tuple[str, findings.Remade]]:
    """Every sentence of a page with what it was made again as. Raises AssertionError for one that
    is not known, or known in several ways."""
    for place, text in page.blocks:
        ways = parses(place, text)
        assert ways, f"{page.dataset}, {place}: a sentence of no known kind: {text!r}"
        assert len(ways) == 1, f"{page.dataset}, {place}: read in {len(ways)} ways: {text!r}"
        for pattern, match in ways[0]:
            if pattern.remade is not None:
                yield match[0], pattern.remade(page, match)
