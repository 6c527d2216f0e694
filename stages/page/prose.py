"""What was found, in sentences."""

import pandas as pd

from stages.page.text import (
    capital,
    difference_text,
    idea,
    join,
    percent,
    quantity_text,
    score_text,
    words,
)
from stages.scoring.best import TEST
from stages.scoring.claim_verdicts import NOT_COMPARABLE
from stages.scoring.findings import Compared, Findings, findings
from stages.scoring.learning import share_interval
from stages.scoring.score import Score
from stages.scoring.verdicts import BETTER, NONE

# Of the rungs of a group that have one verdict, so many are named.
NAMED = 6


def said(table: pd.DataFrame, best: pd.Series, score: Score) -> dict:
    """What one data set's rows of the ladder's table, and its row of the table `best`, say: the
    `lead`, which answers the study's question; at most three findings (`found`); what they can't
    tell (`limits`); a sentence for each group (`of_groups`, by title)."""
    found = findings(table, best, score)
    # A rung of several rows has its numbers in each, and the ladder's last.
    order = table["kind"].map({"apart": 0, "beside": 0, "trained": 1, "combined": 1})
    rows = {row.rung: row for row in table.loc[order.sort_values(kind="stable").index].itertuples()}
    return {
        "lead": lead(rows, found),
        "found": [*_learned(rows, found), *_step(rows, found, score), _best(rows, found, score)],
        "limits": _limits(rows, found),
        "of_groups": {group.title: _group(table, group, score) for group in found.groups},
    }


def lead(rows: dict, found: Findings) -> str:
    """How many ideas helped, hurt, or can't be told, with their names: `Of 9 ideas 2 helped: + Adam
    and + dropout; 1 hurt: 10 layers; 6 are inconclusive with 5 networks each.`"""
    groups = [found.ladder] if _any(found.ladder) else [of for of in found.groups if _any(of)]
    if not groups:
        return "Nothing is compared here: no rung has two networks and another rung beside it."
    of_ladder = groups == [found.ladder]
    called, ideas = ("idea", rows) if of_ladder else ("comparison", {})
    words_for = (
        ("helped", "hurt", "did both") if of_ladder else ("came out better", "worse", "both")
    )
    count = {
        verdict: [rung for group in groups for rung in getattr(group, verdict)]
        for verdict in ("better", "worse", "mixed", "unclear")
    }
    total = sum(map(len, count.values()))
    texts = [
        _counted(count[verdict], text, ideas)
        for verdict, text in zip(("better", "worse", "mixed"), words_for, strict=True)
    ]
    many, left = f"{total} {called}s" if total > 1 else f"one {called}", len(count["unclear"])
    if left:
        fewest = _networks(min(rows[rung].members for rung in count["unclear"]))
        if left == total:
            few = f"{fewest} each {'is' if fewest == _networks(1) else 'are'} too few to tell"
            return f"For {'all ' if total > 1 else ''}{many}, {few}.{_combined(rows)}"
        they_are = f"{left} are" if left > 1 else "one is"
        texts.append(f"{they_are} inconclusive with {fewest} each")
    return f"Of {many} {'; '.join(text for text in texts if text)}.{_combined(rows)}"


def _combined(rows: dict) -> str:
    """Which ensembles do better than their networks."""
    better = [
        rung for rung, row in rows.items() if row.kind == "combined" and row.verdict == BETTER
    ]
    if not better:
        return ""
    do, them = ("does", "it combines") if len(better) == 1 else ("do", "they combine")
    return f" {capital(join(better))} {do} better than the networks that {them}, on average."


def _any(group: Compared) -> bool:
    return any([group.better, group.worse, group.mixed, group.unclear])


def _counted(rungs: list[str], text: str, rows: dict) -> str:
    if not rungs:
        return ""
    named = [idea(rows[rung]) for rung in rungs[:NAMED]] if rows else []
    more = [f"{len(rungs) - NAMED} more"] if rows and len(rungs) > NAMED else []
    return f"{len(rungs)} {text}" + (f": {join(named + more)}" if rows else "")


def _networks(count: int) -> str:
    return "one network" if count == 1 else f"{count} networks"


def _learned(rows: dict, found: Findings) -> list[str]:
    """Which rungs had networks that learned nothing."""
    texts = []
    if found.at_chance:
        texts.append(f"No network of {join(found.at_chance)} learned.")
    if found.unsteady:
        listed = [_some(rows[rung]) for rung in found.unsteady]
        texts.append(f"Some networks learned and others did not: {join(listed)}.")
    return [" ".join(texts)] if texts else []


def _some(row) -> str:
    diverged = f", {row.diverged_members} diverged" if row.diverged_members else ""
    return f"{row.learned_members} of {row.members} of {words(row.rung)} learned{diverged}"


def _step(rows: dict, found: Findings, score: Score) -> list[str]:
    if not found.ladder.better:
        return []
    row = rows[found.ladder.better[0]]
    changed = "" if row.changed.count("; ") > 1 else f" ({words(row.changed)})"
    step = f"{words(row.rung)} against {words(row.compared_with)}{changed}: "
    before = rows[row.compared_with]
    follows = f" It comes after a step for the worse: {difference_text(score, before)}."
    sure = f"The largest improvement that is sure is {step}{difference_text(score, row)}."
    return [f"{sure}{follows if found.follows else ''}"]


def _best(rows: dict, found: Findings, score: Score) -> str:
    reached = f"test {words(score.name)} {score_text(score, rows[found.best])}"
    if sum(row.kind != "combined" for row in rows.values()) == 1:
        return f"The one rung, {words(found.best)}, reaches {reached}."
    if found.chosen_by == TEST:
        by = "By the test images alone, which makes its number too good, the best rung is"
    else:
        by = "The best rung, chosen on the validation images, is"
    texts = [f"{by} {words(found.best)}: {reached}."]
    if found.ahead:
        texts.append(f"On the test images {join(found.ahead)} did better.")
    if found.alike:
        names = found.alike[:NAMED]
        more = [f"{len(found.alike) - NAMED} more"] if len(found.alike) > NAMED else []
        texts.append(f"So few networks and images can't tell it from {join([*names, *more])}.")
    return " ".join(texts)


def _limits(rows: dict, found: Findings) -> str:
    """What so few networks leave open, and that rates are as given."""
    trained = [row for row in rows.values() if row.kind != "combined"]
    members = min(row.members for row in trained)
    texts = []
    if found.too_few:
        texts.append(
            f"{capital(_networks(members))} of a rung are too few to show that fewer learn, even "
            "where none does"
        )
    full = [row.members for row in trained if row.learned_members == row.members]
    if full:
        most = share_interval(0, min(full))[1]
        texts.append(
            f"where none of {_networks(min(full))} failed, up to {percent(most)} of further ones "
            "could"
        )
    texts.append("an idea is judged on top of the rest of its recipe, at the rate given there")
    return f"{capital('; '.join(texts))}."


def _group(table: pd.DataFrame, group: Compared, score: Score) -> str:
    """`Each against final: worse: a (−3.1 percentage points, …) and 4 more; …`."""
    of = table[(table["kind"] == "beside") & (table["group"] == group.title)]
    rows = {row.rung: row for row in of.itertuples()}
    lists = {"better": group.better, "worse": group.worse, "better and worse": group.mixed}
    lists[NONE] = group.unclear
    texts = {
        said: [
            words(rung) if said == NONE else f"{words(rung)} ({difference_text(score, rows[rung])})"
            for rung in rungs[:NAMED]
        ]
        + ([f"{len(rungs) - NAMED} more"] if len(rungs) > NAMED else [])
        for said, rungs in lists.items()
    }
    against = "the one before it" if group.against is None else words(group.against)
    parts = "; ".join(f"{said}: {join(names)}" for said, names in texts.items() if names)
    return f"Each against {against}: {parts or 'one network each, so no verdict'}."


def told(claims: pd.DataFrame) -> list[str]:
    """What became of the decks' claims on one data set: those that can be compared one by one,
    the others by their number."""
    sentences = []
    for row in claims[claims["verdict"] != NOT_COMPARABLE].itertuples():
        claimed = f"Deck {row.deck} on {words(row.rung)}, {words(row.quantity)}"
        numbers = f"claimed {row.claimed}, measured {quantity_text(row)}"
        told = "" if pd.isna(row.could_tell) else f" (told from {row.could_tell:.2g} on)"
        sentences.append(f"{claimed}: {numbers}: {row.verdict}{told}.")
    others = int((claims["verdict"] == NOT_COMPARABLE).sum())
    if others:
        other = "other " if others < len(claims) else ""
        claims_of = f"claim{'' if others == 1 else 's'} of the decks"
        which = (
            f"The {other}{claims_of} can't"
            if others == 1
            else f"None of the {others} {other}{claims_of} can"
        )
        sentences.append(
            f"{which} be compared with what was run here: "
            "data, budget, settings or what was measured differ."
        )
    return sentences
