"""What one data set's ladder shows, as data: which rungs are best, at chance level, better,
worse; the page words it."""

from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from stages.scoring.score import Score
from stages.scoring.verdicts import (
    BETTER,
    MIXED,
    NONE,
    WORSE,
    at_chance,
    gain,
    too_few,
    unsteady,
)

# The amount of a transformation that changes nothing, where it has one that is not approximate.
NOTHING = {"rotation": 0, "brightness": 1}


@dataclass(frozen=True)
class Compared:
    """What one group shows, `title` None for the ladder: its rungs that are better and worse (the
    most first) than what each is compared with, those that are both, and the others; `against` is
    that, or None where each has its own. `large` are those of the others whose difference is one
    that nobody would call none."""

    title: str | None
    against: str | None
    better: list[str]
    worse: list[str]
    mixed: list[str]
    unclear: list[str]
    large: list[str]


@dataclass(frozen=True)
class Findings:
    """Rungs by name, in the order of the ladder.

    `best` is the one that `chosen_by` names (best.py); `alike` are those that the test images can't
    tell from it, `ahead` those that they show to be better. `at_chance` are rungs of which no
    member has learned, `unsteady` those of which some have. `follows` says whether the ladder's
    largest improvement comes just after a step for the worse. `too_few`: so few members that no
    difference of the shares that learned can be shown.
    """

    best: str
    chosen_by: str
    alike: list[str]
    ahead: list[str]
    at_chance: list[str]
    unsteady: list[str]
    follows: bool
    too_few: bool
    ladder: Compared
    groups: list[Compared]


def findings(table: pd.DataFrame, best: pd.Series, score: Score) -> Findings:
    """The findings of one data set's rows of the ladder's table and its row of `best`."""
    alone = table["kind"].isin(["trained", "beside", "apart"])
    trained = table[alone].drop_duplicates("rung")
    steps = table[(table["kind"] == "trained") & table["compared_with"].notna()]
    ladder = _group(None, _ranked(steps, score), score)
    return Findings(
        best=best["rung"],
        chosen_by=best["chosen_by"],
        alike=_names(best["alike"]),
        ahead=_names(best["ahead"]),
        at_chance=list(at_chance(trained)["rung"]),
        unsteady=list(unsteady(trained)["rung"]),
        follows=_follows(steps, ladder),
        too_few=too_few(table),
        ladder=ladder,
        groups=_groups(table, score),
    )


def _names(text: str) -> list[str]:
    return [] if pd.isna(text) else str(text).split()


def _ranked(rows: pd.DataFrame, score: Score) -> pd.DataFrame:
    return rows.assign(gain=[gain(row, score) for row in rows.itertuples()])


def _follows(steps: pd.DataFrame, ladder: Compared) -> bool:
    below = steps.set_index("rung")["compared_with"]
    return bool(ladder.better) and below[ladder.better[0]] in ladder.worse


def _groups(table: pd.DataFrame, score: Score) -> list[Compared]:
    rows = table[(table["kind"] == "beside") & table["compared_with"].notna()]
    rows = _ranked(rows, score)
    return [_group(title, part, score) for title, part in rows.groupby("group", sort=False)]


def _group(title: str | None, rows: pd.DataFrame, score: Score) -> Compared:
    rising = rows.sort_values("gain", kind="stable")
    falling = rows.sort_values("gain", kind="stable", ascending=False)
    against = rows["compared_with"].unique()
    unclear = rows[rows["verdict"] == NONE]
    wide = unclear["gain"].abs() > (float("inf") if score.large is None else score.large)
    return Compared(
        title,
        against[0] if len(against) == 1 and title is not None else None,
        better=list(falling.loc[falling["verdict"] == BETTER, "rung"]),
        worse=list(rising.loc[rising["verdict"] == WORSE, "rung"]),
        mixed=list(rows.loc[rows["verdict"] == MIXED, "rung"]),
        unclear=list(unclear["rung"]),
        large=list(unclear[wide]["rung"]),
    )


def compared(table: pd.DataFrame) -> list[tuple[str, frozenset]]:
    """Of each row of the ladder's table, the data set and the pair that is compared: the same one
    in however many groups, and whichever way round, it stands."""
    columns = (table[name] for name in ("dataset", "rung", "compared_with"))
    return [(dataset, frozenset(pair)) for dataset, *pair in zip(*columns, strict=True)]


def contrasted(ladder: list[str], varied: list[str], best: str) -> list[str]:
    """The rungs to be seen against all others under transformed images: the first of the ladder,
    the last one before images are augmented, those that vary them (`varied`: the first and the
    last), and the best one."""
    before = [below for below, above in pairwise(ladder) if above in varied[:1]]
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
    """Of each member the epoch that it is judged by: the last; where it may stop early, the first
    of the lowest validation loss, whose weights it keeps."""
    losses = history.sort_values("validation_loss", kind="stable").groupby("member").head(1)
    return (losses if stops else history.groupby("member").tail(1)).sort_values("member")


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
