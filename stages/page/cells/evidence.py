"""What else was measured: claims, robustness, ensembles against one network."""

import pandas as pd

from stages.page.cells.view import Cell, View, head, p_value, value_of, verdict
from stages.page.text import POINTS, capital, quantity_text, signed, words
from stages.scoring.findings import lost
from stages.scoring.score import Score


def claims(table: pd.DataFrame) -> View:
    """What the decks claim of rungs of these names."""
    columns = [
        "Rung",
        "Deck",
        "What",
        "Claimed",
        "Measured (n networks)",
        "Verdict",
        "Why, and what is doubtful",
    ]
    rows = [
        [
            head(row.rung),
            Cell(str(row.deck)),
            Cell(words(row.quantity)),
            Cell(row.claimed, row.claimed_low),
            Cell(quantity_text(row), None if pd.isna(row.measured) else row.measured),
            verdict(row),
            Cell(words(row.why), note=f"Doubtful: {row.doubtful}." if row.doubtful else ""),
        ]
        for row in table.itertuples()
    ]
    return View("claims", "The decks' claims", columns, rows, "claims")


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
    unit = f", in {POINTS}," if score.percent else ""
    return View(
        "robustness",
        f"What is lost{unit} under the worst transformation of each kind",
        columns,
        rows,
        "robustness",
    )


def against_best(table: pd.DataFrame, score: Score) -> View:
    """Each ensemble beside the member that validation would have chosen."""
    columns = [
        "Ensemble",
        capital(words(score.name)),
        "Best single network by validation",
        f"Difference in {POINTS}" if score.percent else "Difference",
        "Images that it predicts better",
        "That the network does",
        "p (sign test)",
    ]
    rows = [
        [
            head(row["rung"]),
            value_of(score, row[score.name]),
            value_of(
                score,
                row[f"best_{score.name}"],
                f"network {row['best_member'] + 1} of {words(row['of'])}",
            ),
            Cell(signed(score, row["difference"]), row["difference"]),
            Cell(str(row["ensemble_alone"]), row["ensemble_alone"]),
            Cell(str(row["member_alone"]), row["member_alone"]),
            p_value(row["p"]),
        ]
        for row in table.to_dict("records")
    ]
    return View("against-best", "The ensembles against a single network", columns, rows, "against_best")
