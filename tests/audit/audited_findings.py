"""The sentences of a page, made again from the cells of its tables: a function for each kind."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import audited_inside
import numpy as np
from audited_files import number
from audited_numbers import barnard, share_that_learns
from audited_page import (
    NAMED,
    Page,
    Row,
    listed,
    networks,
    of_verdict,
    percent,
    some,
    words,
)

VERDICTS = ["better", "worse", "better and worse"]


class Remade(NamedTuple):
    """A sentence made again, or a pattern that it has to fit; the cells that it is made from."""

    text: str | re.Pattern
    cells: list[str]

    def is_said_by(self, sentence: str) -> bool:
        if isinstance(self.text, re.Pattern):
            return bool(self.text.fullmatch(sentence))
        return self.text == sentence


def cells(table: str, of: Iterable[Row], *columns: str) -> list[str]:
    """Cells by name, with what they say: `ladder[relu].verdict = better`."""
    return [f"{table}[{row['rung']}].{column} = {row[column]}" for row in of for column in columns]


def _names(of: Iterable[Row]) -> list[str]:
    return [words(row["rung"]) for row in of]


# How many ideas helped.


def _compared(page: Page) -> tuple[str, list[Row]]:
    """What the lead counts: the steps of the ladder, or where there is none the comparisons of the
    groups."""
    known = [*VERDICTS, "can't tell"]
    for called, kind in (("idea", "trained"), ("comparison", "beside")):
        found = [row for row in page.of_kind(kind) if row["verdict"] in known]
        if found:
            return called, found
    return "idea", []


def lead(page: Page, match: re.Match) -> Remade:
    called, found = _compared(page)
    count, unclear = len(found), of_verdict(found, "can't tell")
    many = f"{count} {called}s" if count > 1 else f"one {called}"
    rests_on = cells("ladder", found, "verdict", "members")
    few = ""
    if unclear:
        fewest = min(int(page.rung(words(row["rung"]))["members"]) for row in unclear)
        few = f"{networks(fewest)} each {'is' if fewest == 1 else 'are'} too few to tell"
    if len(unclear) == count:
        return Remade(f"For {'all ' if count > 1 else ''}{many}, {few}.", rests_on)
    said = {"better": ("helped", "came out better"), "worse": ("hurt", "worse")}
    said["better and worse"] = ("did both", "both")
    parts = [
        _counted(page, of_verdict(found, verdict), said[verdict][called != "idea"], called)
        for verdict in VERDICTS
        if of_verdict(found, verdict)
    ]
    if unclear:
        they_are = f"{len(unclear)} are" if len(unclear) > 1 else "one is"
        parts.append(re.escape(f"{they_are} inconclusive with {networks(fewest)} each"))
    text = re.escape(f"Of {many} ") + "; ".join(parts) + r"\."
    return Remade(re.compile(text), rests_on)


def _counted(page: Page, of: list[Row], said: str, called: str) -> str:
    text = re.escape(f"{len(of)} {said}")
    if called != "idea":
        return text
    more = [re.escape(f"{len(of) - NAMED} more")] if len(of) > NAMED else []
    return f"{text}: {listed([*map(_idea, of[:NAMED]), *more])}"


def _idea(row: Row) -> str:
    """A pattern of what a rung's idea may be called: its label, or else nothing but words of its
    name and of what it changes."""
    if row["label"] != row["changed"]:
        return re.escape(row["label"])
    known = re.findall(r"\w+|→", words(f"{row['rung']} {row['changed']}"))
    pieces = "|".join(map(re.escape, sorted({"no", "\\+", *known}, key=len, reverse=True)))
    return rf"(?i:(?:{pieces}|[+()\d., ])+?)"


def ensembles(page: Page, match: re.Match) -> Remade:
    """Which do better than their networks."""
    better = of_verdict(page.of_kind("combined"), "better")
    better.sort(key=page.ladder.index)
    names = listed(_names(better))
    do, them = ("does", "it combines") if len(better) == 1 else ("do", "they combine")
    text = f"{names[:1].upper()}{names[1:]} {do} better than the networks that {them}, on average."
    return Remade(text, cells("ladder", better, "verdict"))


# Which networks learned.


def none_learned(page: Page, match: re.Match) -> Remade:
    of = [row for row in page.alone if row["learned_members"] == "0"]
    text = f"No network of {listed(_names(of))} learned."
    return Remade(text, cells("ladder", of, "learned_members"))


def some_learned(page: Page, match: re.Match) -> Remade:
    of = [r for r in page.alone if 0 < int(r["learned_members"]) < int(r["members"])]
    texts = [
        f"{row['learned_members']} of {row['members']} of {words(row['rung'])} learned"
        + (f", {row['diverged_members']} diverged" if row["diverged_members"] != "0" else "")
        for row in of
    ]
    text = f"Some networks learned and others did not: {listed(texts)}."
    return Remade(text, cells("ladder", of, "learned_members", "members", "diverged_members"))


# The largest improvement, and what it follows.


def _steps(page: Page) -> list[Row]:
    return [row for row in page.of_kind("trained") if row["compared_with"]]


def largest(page: Page, match: re.Match) -> Remade:
    row = of_verdict(_steps(page), "better")[0]
    above, below, changed = (words(row[name]) for name in ("rung", "compared_with", "changed"))
    by = "" if changed.count("; ") > 1 else f" ({changed})"
    text = (
        f"The largest improvement that is sure is {above} against {below}{by}: {page.change(row)}."
    )
    return Remade(text, _of_step(row))


def _of_step(row: Row) -> list[str]:
    columns = ["compared_with", "verdict", "learned_members", "difference", "difference_low"]
    return cells("ladder", [row], *columns, "difference_high")


def follows(page: Page, match: re.Match) -> Remade:
    first = of_verdict(_steps(page), "better")[0]
    row = page.rung(words(first["compared_with"]))
    assert row["verdict"] == "worse"
    text = f"It comes after a step for the worse: {page.change(row)}."
    return Remade(text, _of_step(row))


# The best rung.


def only(page: Page, match: re.Match) -> Remade:
    [row] = page.alone
    text = f"The one rung, {words(row['rung'])}, reaches test {_reached(page, row)}."
    return Remade(text, _of_score(page, row))


def _reached(page: Page, row: Row) -> str:
    return f"{words(page.score)} {page.reached(row)}"


def _of_score(page: Page, row: Row) -> list[str]:
    columns = [page.score, f"{page.score}_low", f"{page.score}_high", "learned_members", "members"]
    return cells("ladder", [row], *columns)


def best(page: Page, match: re.Match) -> Remade:
    [of] = page.tables["best"]
    row = page.rung(words(of["rung"]))
    by = "The best rung, chosen on the validation images, is"
    if of["chosen_by"] == "test":
        by = "By the test images alone, which makes its number too good, the best rung is"
    text = f"{by} {words(of['rung'])}: test {_reached(page, row)}."
    return Remade(text, cells("best", [of], "chosen_by") + _of_score(page, row))


def ahead(page: Page, match: re.Match) -> Remade:
    [of] = page.tables["best"]
    text = f"On the test images {listed(list(map(words, of['ahead'].split())))} did better."
    return Remade(text, cells("best", [of], "ahead"))


def alike(page: Page, match: re.Match) -> Remade:
    [of] = page.tables["best"]
    names = some(list(map(words, of["alike"].split())))
    return Remade(
        f"So few networks and images can't tell it from {names}.", cells("best", [of], "alike")
    )


# Groups, choices, predictions.


def group(page: Page, match: re.Match) -> Remade:
    title = match["title"]
    of = [r for r in page.of_kind("beside") if r["group"] == title and r["compared_with"]]
    against = {row["compared_with"] for row in of}
    parts = []
    for verdict in [*VERDICTS, "can't tell"]:
        found = of_verdict(of, verdict)
        told = [
            name if verdict == "can't tell" else f"{name} ({page.change(row)})"
            for name, row in zip(_names(found), found, strict=True)
        ]
        parts += [f"{verdict}: {some(told)}"] if told else []
    of_what = words(*against) if len(against) == 1 else "the one before it"
    said = "; ".join(parts) or "one network each, so no verdict"
    columns = ["verdict", "learned_members", "difference", "difference_low", "difference_high"]
    return Remade(f"{title}. Each against {of_what}: {said}.", cells("ladder", of, *columns))


def _choice(page: Page, match: re.Match) -> tuple[Row, str]:
    """The row of the group that a sentence is about, and what it begins with; a sentence in the
    middle of others is about the group of the first."""
    titles = {row["group"]: row for row in page.tables["choices"]}
    begun = [
        title for title in titles if match.string.startswith(f"{title}: ") and not match.start()
    ]
    if begun:
        return titles[begun[0]], f"{begun[0]}: "
    fitting = [row for row in titles.values() if _about(page, row, match[0])]
    assert fitting, f"no choice of the tables says {match[0]!r}"
    return fitting[0], ""


def _about(page: Page, row: Row, sentence: str) -> bool:
    return sentence in (_optimism(page, row), _lost(page, row))


def chosen(page: Page, match: re.Match) -> Remade:
    row, begin = _choice(page, match)
    name, unit = words(page.score), page.unit
    reached = [f"{page.value(row[part])}{unit}" for part in ("validation", "test")]
    text = (
        f"{begin}Of {row['rungs']} rungs the validation images choose {words(row['chosen'])}, "
        f"by the mean of all its networks: validation {name} {reached[0]}, "
        f"test {name} {reached[1]}."
    )
    return Remade(text, _of_choice(row, "chosen", "rungs", "validation", "test"))


def _of_choice(row: Row, *columns: str) -> list[str]:
    return [f"choices[{row['group']}].{column} = {row[column]}" for column in columns]


def _optimism(page: Page, row: Row) -> str:
    name, unit = words(page.score), page.points
    beside = f"beside its test {name}, measured by what that is for the others"
    if number(row["optimism"]) > 0:
        far = f"{page.value(row['optimism'])}{unit}"
        why = "the optimism of having been chosen by it"
        return f"Its validation {name} is {far} too good {beside}: {why}."
    far = f"{page.signed(row['optimism'])}{unit}"
    return f"Its validation {name} is not too good {beside} ({far}): no optimism is seen here."


def optimism(page: Page, match: re.Match) -> Remade:
    row, begin = _choice(page, match)
    return Remade(begin + _optimism(page, row), _of_choice(row, "optimism"))


def _lost(page: Page, row: Row) -> str:
    if number(row["lost"]) == 0:
        return "No other rung has a better test score, which only the test images know."
    name, best = words(page.score), words(row["best_on_test"])
    return (
        f"{best[:1].upper()}{best[1:]} is the best by test {name}, "
        f"{page.value(row['best_test'])}{page.unit}, which only the test images know: the choice "
        f"lost {page.value(row['lost'])}{page.points}."
    )


def lost(page: Page, match: re.Match) -> Remade:
    row, begin = _choice(page, match)
    return Remade(begin + _lost(page, row), _of_choice(row, "best_on_test", "best_test", "lost"))


def took(page: Page, match: re.Match) -> Remade:
    row, begin = _choice(page, match)
    of = [r for r in page.ladder if r["group"] == row["group"]]
    seconds = {r["rung"]: number(r["seconds"]) for r in page.tables["cost"]}
    total = sum(seconds[r["rung"]] for r in of)
    times = total / seconds[row["chosen"]]
    text = (
        f"{begin}The choice took {total:,.0f} seconds of training, {times:.0f} times those of the "
    )
    return Remade(f"{text}chosen rung.", [f"cost[{r['rung']}].seconds" for r in of])


def counted(page: Page, match: re.Match) -> Remade:
    outcomes = [row["outcome"] for row in page.tables["expectations"]]
    known = [(outcome, outcomes.count(outcome)) for outcome in ("held", "not held", "can't tell")]
    said = ", ".join(f"{count} {outcome}" for outcome, count in known if count)
    begin = match[0].partition(": ")[0]
    return Remade(
        f"{begin}: {said}.",
        [f"expectations[{i}].outcome = {of}" for i, of in enumerate(outcomes, 1)],
    )


# What can't be told, and why networks did not learn.


def limits(page: Page, match: re.Match) -> Remade:
    alone, texts, rests_on = page.alone, [], []
    if _too_few(page):
        members = networks(min(int(row["members"]) for row in alone))
        members = f"{members} of a rung are too few to show that fewer learn, even where none does"
        texts.append(members)
        rests_on += cells("ladder", page.ladder, "p", "learned_p", "members")
    full = [row for row in alone if row["learned_members"] == row["members"]]
    if full:
        fewest = min(int(row["members"]) for row in full)
        most = percent(share_that_learns(0, fewest)[1])
        texts.append(f"where none of {networks(fewest)} failed, up to {most} of further ones could")
        rests_on += cells("ladder", full, "learned_members", "members")
    texts.append("an idea is judged on top of the rest of its recipe, at the rate given there")
    said = "; ".join(texts)
    begin = re.match(r"What this can't tell you[:.]", match[0])[0]
    return Remade(f"{begin} {said[:1].upper()}{said[1:]}.", rests_on)


def _too_few(page: Page) -> bool:
    """Whether networks failed, but all against none could not be told apart after the correction
    for so many p values."""
    failing = [int(row["members"]) for row in page.ladder if row["learned_p"]]
    tests = sum(bool(row[name]) for row in page.ladder for name in ("p", "learned_p"))
    return bool(failing) and barnard((min(failing),) * 2, (0, min(failing))) * tests > 0.05


def _failed(page: Page) -> tuple[int, int]:
    known = [row for row in page.tables["inside"] if row["learned"]]
    return sum(row["learned"] in ("0", "0.0") for row in known), len(known)


def nothing_tells(page: Page, match: re.Match) -> Remade:
    failed, of = _failed(page)
    rests_on = [f"inside: learned = 0 in {failed} of {of} rows"]
    assert not [r for r in page.tables["reasons"] if number(r["p_corrected"]) <= 0.05]
    begin = "Nothing that was measured here tells why"
    if failed == of:
        text = f"{begin}: no network learned that could be compared with them."
        return Remade(text, rests_on)
    hows = {row["how"] for row in page.tables["reasons"]}
    rests_on += [f"reasons: how = {sorted(hows)}"]
    told = f"none of {len(audited_inside.TESTED)} measurements separates them from the others."
    if hows <= {"too few"}:
        told = "there are too few networks or rungs of either kind for a test."
    return Remade(f"{begin} {failed} of {of} networks had not learned at the end: {told}", rests_on)


MEASURED = {
    "first_gradient": "the RMS gradient of the first layer's weights",
    "last_spread": "the spread of the last hidden layer's activations",
    "constant_units": "the share of hidden units that are constant over all images",
    "dead_units": "the share of hidden units that are 0 for every image",
    "saturated": "the share of saturated activations",
    "update_ratio": "the ratio of update to weight size",
}
IN_PERCENT = {"constant_units", "dead_units", "saturated", "zero_weights"}


def _shown(measurement: str, value: float) -> str:
    return percent(value) if measurement in IN_PERCENT else f"{value:.2g}"


def _p(text: str) -> str:
    return "< 0.001" if number(text) < 0.001 else f"{number(text):.3f}"


def separates(page: Page, match: re.Match) -> Remade:
    """A reason is a row with a corrected p of at most 0.05, and no other."""
    [name] = [key for key, said in MEASURED.items() if f" is {said} at step" in match[0]]
    [row] = [row for row in page.tables["reasons"] if row["measurement"] == name]
    assert number(row["p_corrected"]) <= 0.05
    across = row["how"] == "across rungs"
    unit = "rungs" if across else "networks"
    learned, others = (number(row[part]) for part in ("learned", "others"))
    medians = [_shown(name, number(row[f"median_{of}"])) for of in ("learned", "others")]
    tests = sum(bool(row["p"]) for row in page.tables["reasons"])
    text = (
        f"What separates {learned:.0f} {unit} that learned against {others:.0f} that did not is "
        f"{MEASURED[name]} at step {row['step']}: median {medians[0]} against {medians[1]}; area "
        f"under the ROC curve {number(row['area']):.2f}, exact p {_p(row['p'])} "
        f"({_p(row['p_corrected'])} corrected for {tests} tests), {unit} "
        f"permuted{'' if across else ' within rungs'}; the best limit gets "
        f"{number(row['wrong']):.0f} of {learned + others:.0f} wrong."
    )
    return Remade(text, [f"reasons[{name}].{column} = {cell}" for column, cell in row.items()])


def caption(page: Page, match: re.Match) -> Remade:
    count = f"{int(page.ladder[0]['test_images']):,}"
    begin = (
        f"Test {words(page.score)} of every rung on {words(page.dataset)} ({count} test images)."
    )
    return Remade(re.compile(re.escape(begin) + ".*"), ["ladder.test_images"])


# Inside the networks.

FAULTS = {
    "not_finite": "Values that are no longer finite",
    "zero_weights": "All weights 0 in most layers before training",
    "dead": "Units that are 0 for every image (dead)",
    "constant": "Units that are constant over all images",
    "saturated": "Saturated units",
    "faint": "Activations that hardly vary from image to image",
    "exploding": "Activations that vary extremely from image to image",
    "updates_too_small": "Updates that hardly change the weights",
    "updates_too_large": "Updates that are large for the weights",
}


def fault(page: Page, match: re.Match) -> Remade:
    """A limit that is passed, and every rung that passes it."""
    [name] = [
        key for key, said in FAULTS.items() if re.match(rf"{re.escape(said)}( \(|:)", match[0])
    ]
    of = [row for row in page.tables["faults"] if row["fault"] == name]
    assert of, f"no rung of the tables passes the limit {name}"
    measured, limit = of[0]["measurement"], number(of[0]["limit"])
    by = ""
    if measured in MEASURED:
        by = f" ({MEASURED[measured]} {of[0]['side']} {_shown(measured, limit)})"
    rungs = listed([f"{words(row['rung'])} ({_passing(row, measured)})" for row in of])
    columns = ["median", "showing", "members", "learned", "known"]
    return Remade(f"{FAULTS[name]}{by}: {rungs}.", cells("faults", of, *columns))


def _passing(row: Row, measured: str) -> str:
    texts = []
    if measured in MEASURED and np.isfinite(number(row["median"])):
        texts.append(f"median {_shown(measured, number(row['median']))}")
    if row["showing"] != row["members"]:
        texts.append(f"in {row['showing']} of {row['members']} networks")
    if row["known"] != "0":
        texts.append(f"{row['learned']} of {row['known']} learned")
    return "; ".join(texts) or f"all {row['members']} networks"


def no_fault(page: Page, match: re.Match) -> Remade:
    return Remade("None." if not page.tables["faults"] else "", ["faults: no row"])


def _start(page: Page, rung: str) -> list[Row]:
    of = [r for r in page.tables["diagnostics"] if r["rung"] == rung and r["moment"] == "start"]
    return sorted(of, key=lambda row: int(row["layer"]))


def _large(page: Page, above: str, below: str) -> tuple[float | None, tuple | None]:
    """By how many times the first layer's gradient changes, from tenfold on; the shares of constant
    hidden units, where they change by a fifth."""
    one, other = _start(page, above), _start(page, below)
    times = number(one[0]["gradient_rms"]) / number(other[0]["gradient_rms"])
    shares = tuple(audited_inside.by_units(of[:-1], "constant_units") for of in (other, one))
    return (
        times if times >= 10 or times <= 0.1 else None,
        shares if abs(shares[1] - shares[0]) >= 0.2 else None,
    )


def inside(page: Page, match: re.Match) -> Remade:
    above, below = (page.rung(match[part])["rung"] for part in ("above", "below"))
    assert (above, below) in [(row["rung"], row["compared_with"]) for row in page.ladder]
    times, shares = _large(page, above, below)
    facts = []
    if times is not None:
        far = f"{_times(times)} larger" if times > 1 else f"{_times(1 / times)} smaller"
        facts.append(f"{MEASURED['first_gradient']} is {far}")
    if shares is not None:
        after, before = percent(shares[1]), percent(shares[0])
        facts.append(
            f"{after} of the hidden units are constant over all images, instead of {before}"
        )
    text = f"{match['above']} against {match['below']}, before training: {listed(facts)}."
    rests_on = [f"diagnostics[{rung}, start, 1].gradient_rms" for rung in (above, below)]
    return Remade(text, rests_on)


def _times(ratio: float) -> str:
    """To one digit; none beyond a billion."""
    if ratio > 1e9:
        return "more than 1,000,000,000 times"
    return f"{float(f'{ratio:.1g}'):,.0f} times"


def no_inside(page: Page, match: re.Match) -> Remade:
    pairs = [(r["rung"], r["compared_with"]) for r in page.ladder if r["compared_with"]]
    trained = {row["rung"] for row in page.alone}
    large = [_large(page, *pair) for pair in pairs if set(pair) <= trained]
    assert all(of == (None, None) for of in large)
    return Remade(match[0], ["diagnostics, start: gradient_rms, constant_units"])


# The decks' claims.


def claim(page: Page, match: re.Match) -> Remade:
    """One that could be judged."""
    of = [row for row in page.tables["claims"] if row["verdict"] != "not comparable"]
    for row in of:
        if _claim(row) == match[0]:
            return Remade(
                _claim(row), [f"claims[{row['rung']}].{name} = {row[name]}" for name in row]
            )
    return Remade(" or ".join(map(_claim, of)), [])


def _claim(row: Row) -> str:
    told = f" (told from {number(row['could_tell']):.2g} on)" if row["could_tell"] else ""
    of = f"Deck {row['deck']} on {words(row['rung'])}, {words(row['quantity'])}"
    return f"{of}: claimed {row['claimed']}, measured {_measured(row)}: {row['verdict']}{told}."


def _measured(row: Row) -> str:
    if row["members"] == "0":
        return "–"
    if "parameters" in row["quantity"]:
        return f"{number(row['measured']):,.0f}"
    low, high = number(row["next_low"]), number(row["next_high"])
    between = f"a further network: {low:.4g} to {high:.4g}; " if row["next_low"] else ""
    return f"{number(row['measured']):.4g} ({between}n = {row['members']})"


def no_claim(page: Page, match: re.Match) -> Remade:
    verdicts = [row["verdict"] for row in page.tables["claims"]]
    count = verdicts.count("not comparable")
    other = "other " if count < len(verdicts) else ""
    which = f"None of the {count} {other}claims of the decks can"
    if count == 1:
        which = f"The {other}claim of the decks can't"
    text = f"{which} be compared with what was run here: data, budget, settings or what was "
    return Remade(f"{text}measured differ.", [f"claims: {count} of verdict = not comparable"])


# How many comparisons there are.


def comparisons(page: Page, match: re.Match) -> Remade:
    """What was corrected for: each pair once, in however many groups it stands."""
    of: dict[tuple, str] = {}
    for row in page.tables["all of ladder"]:
        if row["p"] or row["learned_p"]:
            pair = frozenset((row["rung"], row["compared_with"]))
            of.setdefault((row["dataset"], pair), row["kind"])
    kinds = {"trained": "step{} of the ladder", "beside": "comparison{} beside the ladder"}
    kinds["combined"] = "ensemble{}"
    counts = {kind: list(of.values()).count(kind) for kind in kinds}
    parts = [_many(counts[kind], text) for kind, text in kinds.items() if counts[kind]]
    text = r".*(?!corrected for).*"
    if parts:
        said = f"corrected for the study's {_many(len(of), 'comparison{}')} ({', '.join(parts)}):"
        text = f".*{re.escape(said)}.*"
    return Remade(re.compile(text), ["ladder.p, ladder.learned_p: not empty"])


def _many(count: int, text: str) -> str:
    return f"{count} {text.format('' if count == 1 else 's')}"
