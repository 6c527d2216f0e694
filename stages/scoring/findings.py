"""What one data set's ladder shows, as data: which rungs are best, at chance level, better,
worse; the page words it."""

from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from stages.scoring.score import Score
from stages.scoring.verdicts import BETTER, NONE, WORSE, at_chance, unsteady

# The amount of a transformation that changes nothing, where it has one that is not approximate.
NOTHING = {"rotation": 0, "brightness": 1}


@dataclass(frozen=True)
class Compared:
    """What one group shows: its rungs that are better and worse (the most first) than what each is
    compared with, and the others; `against` is that, or None where each has its own."""

    title: str
    against: str | None
    better: list[str]
    worse: list[str]
    unclear: list[str]


@dataclass(frozen=True)
class Findings:
    """Rungs by name, in the order of the ladder unless another is named.

    `best` of all; where that is an ensemble, `best_alone` is the best technique by itself. `step`
    is the largest improvement on the rung before that is sure; `regains` says whether it makes up
    for "all" or "a part" of a step for the worse just before it, or None. `large` are differences
    that are large, but not sure. `groups` are the comparisons beside the ladder.
    """

    best: str
    best_alone: str | None
    at_chance: list[str]
    unsteady: list[str]
    step: str | None
    regains: str | None
    better: list[str]
    worse: list[str]
    large: list[str]
    unclear: list[str]
    groups: list[Compared]


def findings(table: pd.DataFrame, score: Score) -> Findings:
    """The findings of one data set's rows of the ladder's table."""
    trained, best = table[table["kind"] == "trained"], score.best(table)
    judged = trained.assign(gain=score.sign * trained["difference"])
    better, worse, unclear = (judged[judged["verdict"] == said] for said in (BETTER, WORSE, NONE))
    step = better.loc[better["gain"].idxmax()] if len(better) else None
    wide = unclear["gain"].abs() > (float("inf") if score.large is None else score.large)
    return Findings(
        best=best["rung"],
        best_alone=score.best(trained)["rung"] if best["kind"] == "combined" else None,
        at_chance=list(at_chance(trained, score)["rung"]),
        unsteady=list(unsteady(trained, score)["rung"]),
        step=None if step is None else step["rung"],
        regains=None if step is None else _regains(step, worse),
        better=list(better["rung"]) if step is None else list(better["rung"].drop(step.name)),
        worse=list(worse["rung"]),
        large=list(unclear[wide]["rung"]),
        unclear=list(unclear[~wide]["rung"]),
        groups=_groups(table, score),
    )


def _regains(step: pd.Series, worse: pd.DataFrame) -> str | None:
    """Whether a step for the better follows one for the worse, and so makes up for it, or for a
    part."""
    lost = worse.loc[worse["rung"] == step["compared_with"], "gain"]
    if not len(lost):
        return None
    return "all" if step["gain"] >= -lost.iloc[0] else "a part"


def _groups(table: pd.DataFrame, score: Score) -> list[Compared]:
    rows = table[(table["kind"] == "beside") & table["p_corrected"].notna()]
    rows = rows.assign(gain=score.sign * rows["difference"])
    return [_group(title, part) for title, part in rows.groupby("group", sort=False)]


def _group(title: str, rows: pd.DataFrame) -> Compared:
    rising = rows.sort_values("gain", kind="stable")
    falling = rows.sort_values("gain", kind="stable", ascending=False)
    against = rows["compared_with"].unique()
    return Compared(
        title,
        against[0] if len(against) == 1 else None,
        better=list(falling.loc[falling["verdict"] == BETTER, "rung"]),
        worse=list(rising.loc[rising["verdict"] == WORSE, "rung"]),
        unclear=list(rows.loc[rows["verdict"] == NONE, "rung"]),
    )


def compared(table: pd.DataFrame) -> list[tuple[str, frozenset]]:
    """Of each row of the ladder's table, the data set and the pair that is compared: the same one
    in however many groups, and whichever way round, it stands."""
    columns = (table[name] for name in ("dataset", "rung", "compared_with"))
    return [(dataset, frozenset(pair)) for dataset, *pair in zip(*columns, strict=True)]


def contrasted(
    table: pd.DataFrame, ladder: list[str], varied: list[str], score: Score
) -> list[str]:
    """The rungs to be seen against all others under transformed images: the first of the ladder,
    the last one before images are augmented, those that vary them (`varied`: the first and the
    last), and the best technique."""
    before = [below for below, above in pairwise(ladder) if above in varied[:1]]
    best = score.best(table[table["kind"] == "trained"])["rung"]
    return list(dict.fromkeys([ladder[0], *before, *varied[:1], *varied[-1:], best]))


def lost(table: pd.DataFrame, score: Score) -> list[dict]:
    """What each rung's score loses under the worst of each kind of transformation: its `rung`,
    its score as images are (`untransformed`), and a difference for each kind. `table` is the one
    of robustness: a mean per rung, transform and amount."""
    rows = []
    for rung, part in table.groupby("rung", sort=False):
        nothing = part["amount"] == part["transform"].map(NOTHING)
        untransformed = part.loc[nothing, "mean"].iloc[0]
        row = {"rung": rung, "untransformed": untransformed}
        for kind, of in part.groupby("transform", sort=False)["mean"]:
            row[kind] = score.sign * (score.sign * of).min() - untransformed
        rows.append(row)
    return rows


def judged(history: pd.DataFrame, stops: bool) -> pd.DataFrame:
    """Of each member the epoch that it is judged by: the last; where it may stop early, that of the
    lowest validation loss."""
    losses = history.sort_values("validation_loss", ascending=False, kind="stable")
    return (losses if stops else history).groupby("member").tail(1).sort_values("member")


def best_on_validation(history: pd.DataFrame, stops: bool, score: Score) -> int:
    """The member whose judged epoch has the best validation score; of several, that of the lowest
    loss."""
    return int(_best_epochs(judged(history, stops), score)["member"].iloc[0])


def best_network(
    histories: dict[str, pd.DataFrame], stopped: Container[str], score: Score
) -> pd.Series | None:
    """The judged epoch, with its `rung` and `member`, of the network with the best validation score
    of all rungs; of several, that of the lowest loss. None without validation images.

    `histories` are those of the rungs; of the `stopped` ones the epoch of the lowest loss counts.
    """
    epochs = [judged(of, rung in stopped).assign(rung=rung) for rung, of in histories.items()]
    validated = [of for of in epochs if of[f"validation_{score.name}"].notna().any()]
    return _best_epochs(pd.concat(validated), score).iloc[0] if validated else None


def _best_epochs(epochs: pd.DataFrame, score: Score) -> pd.DataFrame:
    name, rising = f"validation_{score.name}", not score.higher_is_better
    order = [name, "validation_loss", "member"]
    return epochs.sort_values(order, ascending=[rising, True, True], kind="stable")
