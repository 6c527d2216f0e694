"""What else was measured: claims, robustness, ensembles against one network, overfitting."""

import pandas as pd

from stages.page.cells.view import Cell, View, head, measured, p_value, value_of, verdict
from stages.page.text import capital, in_unit, number, percent, quantity_text, signed, words
from stages.scoring.findings import lost
from stages.scoring.score import Score


def claims(table: pd.DataFrame) -> View:
    """What the decks claim of rungs of these names."""
    measured = ["Claimed", "Measured (n networks)", "Verdict", "Could tell"]
    columns = ["Rung", "Deck", "What", *measured, "Why, and what is doubtful"]
    return View(
        "claims", "The decks' claims", columns, list(map(_claim, table.itertuples())), "claims"
    )


def _claim(row) -> list[Cell]:
    epochs = f"after epoch {row.epochs} of training" if row.epochs else ""
    return [
        head(row.rung),
        Cell(str(row.deck)),
        Cell(words(row.quantity), note=epochs),
        Cell(row.claimed, row.claimed_low),
        Cell(quantity_text(row), None if pd.isna(row.measured) else row.measured),
        verdict(row),
        _could_tell(row),
        Cell(words(row.why), note=f"Doubtful: {row.doubtful}." if row.doubtful else ""),
    ]


def _could_tell(row) -> Cell:
    """The smallest distance from the claim that so many networks could have told, beside the one
    from which on it is wrong."""
    if pd.isna(row.could_tell):
        return Cell("")
    return Cell(f"{row.could_tell:.2g}", row.could_tell, f"wrong from {row.wrong_from:.2g} on")


def robustness(table: pd.DataFrame, score: Score) -> View:
    """What each rung's score loses under the worst transformation of each kind."""
    kinds = list(dict.fromkeys(table["transform"]))
    rows = [
        [
            head(row["rung"]),
            value_of(score, row["untransformed"]),
            *(Cell(signed(score, row[kind]), row[kind]) for kind in kinds),
        ]
        for row in lost(table, score)
    ]
    columns = ["Rung", "As they are", *(f"{kind}, at worst" for kind in kinds)]
    unit = f",{in_unit(score)}," if in_unit(score) else ""
    return View(
        "robustness",
        f"What is lost{unit} under the worst transformation of each kind",
        columns,
        rows,
        "robustness",
    )


def against_best(table: pd.DataFrame, score: Score) -> View:
    """Each ensemble beside the member that validation would have chosen."""
    alone = ["Best single network by validation", f"Difference{in_unit(score)}"]
    better = ["Images that it predicts better", "That the network does", "p, corrected (sign test)"]
    columns = ["Ensemble", capital(words(score.name)), *alone, *better]
    rows = [_against_best(row, score) for row in table.to_dict("records")]
    caption = "The ensembles against a single network"
    return View("against-best", caption, columns, rows, "against_best")


def _against_best(row: dict, score: Score) -> list[Cell]:
    network = f"network {row['best_member'] + 1} of {words(row['of'])}"
    return [
        head(row["rung"]),
        value_of(score, row[score.name]),
        value_of(score, row[f"best_{score.name}"], network),
        Cell(signed(score, row["difference"]), row["difference"]),
        Cell(str(row["ensemble_alone"]), row["ensemble_alone"]),
        Cell(str(row["member_alone"]), row["member_alone"]),
        p_value(row["p_corrected"]),
    ]


def diversity(table: pd.DataFrame) -> View:
    """How different the members are that an ensemble combines."""
    rows = [
        [
            head(row.rung),
            Cell(str(row.members), row.members),
            Cell(percent(row.disagreement), row.disagreement),
            measured(row.error_correlation, lambda value: f"{value:.2f}".replace("-", "−")),
        ]
        for row in table.itertuples()
    ]
    pairs = ["Images that one of two classifies correctly", "Correlation of errors"]
    caption = "How different the members are"
    return View("diversity", caption, ["Rung", "Members", *pairs], rows, "diversity")


def gaps(table: pd.DataFrame, score: Score) -> View:
    """Each rung's score on training and on validation images, and their difference."""
    names = [f"{part}_{score.name}" for part in ("train", "validation")]
    rows = [
        [
            head(row["rung"]),
            *(value_of(score, row[name]) for name in names),
            measured(row["train_minus_validation"], lambda value: signed(score, value)),
            measured(row["std"], lambda value: number(score, value)),
        ]
        for row in table.to_dict("records")
    ]
    heads = [f"{part} {words(score.name)}" for part in ("Training", "Validation")]
    columns = ["Rung", *heads, f"Training minus validation{in_unit(score)}", "Standard deviation"]
    return View("gaps", "Training against validation", columns, rows, "gaps")


def folds(table: pd.DataFrame, score: Score) -> View:
    """The validation score of rungs that are cross-validated."""
    name = f"validation_{score.name}"
    rows = [
        [
            head(row["rung"]),
            Cell(str(row["folds"]), row["folds"]),
            value_of(score, row[name]),
            value_of(score, row["standard_error"]),
        ]
        for row in table.to_dict("records")
    ]
    columns = ["Rung", "Folds", f"Validation {words(score.name)}", "Standard error"]
    return View("folds", "Cross-validation", columns, rows, "folds")
