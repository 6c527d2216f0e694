"""What became of a choice by validation images, in sentences."""

import pandas as pd

from stages.page.text import capital, in_unit, number, shown, signed, words
from stages.scoring.score import Score


def chosen(table: pd.DataFrame, score: Score) -> dict[str, list[str]]:
    """For each group of one data set's rows of `choices`, by its title: the sentences."""
    return {row.group: _sentences(row, score) for row in table.itertuples()}


def took(table: pd.DataFrame, study: dict, cost: pd.DataFrame) -> dict[str, str]:
    """For each of these groups what the choice took; `cost` is one data set's table of it."""
    seconds = cost.set_index("rung")["seconds"]
    of = {group["title"]: seconds[group["rungs"]].sum() for group in study["comparisons"]}
    return {
        row.group: f"The choice took {of[row.group]:,.0f} seconds of training, "
        f"{of[row.group] / seconds[row.chosen]:.0f} times those of the chosen rung."
        for row in table.itertuples()
    }


def _sentences(row, score: Score) -> list[str]:
    name, unit = words(score.name), in_unit(score).removeprefix(" in ")
    first = (
        f"Of {row.rungs} rungs the validation images choose {words(row.chosen)}, by the mean of all"
        f" its networks: validation {name} {shown(score, row.validation)}, test {name} "
        f"{shown(score, row.test)}."
    )
    beside = f"beside its test {name}, measured by what that is for the others"
    optimism = (
        f"Its validation {name} is {number(score, row.optimism)} {unit} too good {beside}: the "
        "optimism of having been chosen by it."
        if row.optimism > 0
        else f"Its validation {name} is not too good {beside} ({signed(score, row.optimism)} "
        f"{unit}): no optimism is seen here."
    )
    lost = (
        f"{capital(words(row.best_on_test))} is the best by test {name}, "
        f"{shown(score, row.best_test)}, which only the test images know: the choice lost "
        f"{number(score, row.lost)} {unit}."
    )
    if row.lost == 0:
        lost = "No other rung has a better test score, which only the test images know."
    return [first, optimism, lost]
