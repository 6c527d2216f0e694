"""The page's tables as a reader sees them: what stands in each cell, and what it is sorted by. From the report's tables alone."""

from dataclasses import dataclass, field

import pandas as pd

from stages.page.prose import accuracy_text, points_text, quantity_text, signed, words
from stages.study.comparisons import comparisons

# What a verdict looks like.
LOOKS = {"better": "better", "worse": "worse", "reproduced": "better", "not reproduced": "worse"}


@dataclass(frozen=True)
class Cell:
    """Text, what it is sorted by where that is a number, a remark below it, a warning beside it, and its looks."""

    text: str
    value: float | None = None
    note: str = ""
    flag: str = ""
    looks: str = ""


@dataclass(frozen=True)
class View:
    """A table of the page: a name of its own, what it is called, its columns, its rows, whose first cells head them, and the table of
    `tables/` that it follows from."""

    name: str
    caption: str
    columns: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    data: str = ""

    def numeric(self, column: int) -> bool:
        """Whether a column is sorted by numbers."""
        return any(row[column].value is not None for row in self.rows)


def ladder(table: pd.DataFrame, ideas: dict[str, list[str]], budgets: dict[str, str]) -> View:
    """Every rung and ensemble of one data set, the sentences on new ideas below what changed."""
    columns = [
        "Rung",
        "Accuracy in % (95 % interval, n)",
        "Difference in points (95 % interval)",
        "Verdict",
        "p, corrected",
        "What changed",
    ]
    rows = []
    for row in table[table["kind"] != "ablation"].itertuples():
        against = f"against {words(row.compared_with)}" if row.kind == "combined" else ""
        rows.append(
            [
                _rung(row, budgets),
                Cell(accuracy_text(row), row.accuracy),
                _difference(row, against),
                _verdict(row),
                _p(row),
                Cell(words(row.changed), note=" ".join(ideas.get(row.rung, []))),
            ]
        )
    return View("ladder", "The rungs, each compared with the one before it", columns, rows, "ladder")


def left_out(table: pd.DataFrame, budgets: dict[str, str]) -> View:
    """Every rung of every group, beside what it is compared with."""
    columns = ["Rung", "Group", "Accuracy in % (95 % interval, n)", "Difference", "Verdict", "What changed"]
    rows = []
    for row in table[table["kind"] == "ablation"].itertuples():
        against = "" if pd.isna(row.compared_with) else f"against {words(row.compared_with)}"
        accuracy = Cell(accuracy_text(row), row.accuracy)
        difference = _difference(row, against)
        rows.append([_rung(row, budgets), Cell(row.group), accuracy, difference, _verdict(row), Cell(words(row.changed))])
    return View("left-out", "The rungs beside the ladder, group by group", columns, rows, "ladder")


def attributes(table: pd.DataFrame) -> View:
    """Which slot is on in which trained rung."""
    slots = [column for column in table.columns if column not in ("dataset", "rung")]
    rows = [
        [Cell(words(row["rung"]), looks="head"), *(Cell("–" if pd.isna(row[slot]) else words(row[slot])) for slot in slots)]
        for row in table.to_dict("records")
    ]
    return View("attributes", "What each rung is made of", ["Rung", *map(words, slots)], rows, "attributes")


def claims(table: pd.DataFrame) -> View:
    """What the decks claim of rungs of these names."""
    columns = ["Rung", "Deck", "What", "Claimed", "Measured (n networks)", "Verdict", "Why, and what is doubtful"]
    rows = [
        [
            Cell(words(row.rung), looks="head"),
            Cell(str(row.deck)),
            Cell(words(row.quantity)),
            Cell(row.claimed, row.claimed_low),
            Cell(quantity_text(row), None if pd.isna(row.measured) else row.measured),
            Cell(row.verdict, looks=LOOKS.get(row.verdict, "")),
            Cell(words(row.why), note=f"Doubtful: {row.doubtful}." if row.doubtful else ""),
        ]
        for row in table.itertuples()
    ]
    return View("claims", "The decks' claims", columns, rows, "claims")


def per_class(table: pd.DataFrame) -> View:
    """How well each class is found, for one rung."""
    rows = [
        [
            Cell(str(row["class"]), looks="head"),
            Cell(str(row["images"]), row["images"]),
            _percent(row["recall"]),
            _percent(row["precision"]),
        ]
        for row in table.to_dict("records")
    ]
    return View("per-class", "Accuracy by class", ["Class", "Images", "Found", "Right when called so"], rows, "per_class")


def calibration(table: pd.DataFrame) -> View:
    """How far confidence and accuracy lie apart, for every rung."""
    rows = [
        [
            Cell(words(row.rung), looks="head"),
            _percent(row.accuracy),
            _number(row.calibration_error, lambda v: f"{100 * v:.1f}"),
            _number(row.loss, lambda v: f"{v:.3f}"),
        ]
        for row in table.drop_duplicates("rung").itertuples()
    ]
    return View("calibration", "Confidence", ["Rung", "Accuracy", "Calibration error in points", "Loss (cross-entropy)"], rows, "ladder")


def robustness(table: pd.DataFrame) -> View:
    """What each rung's accuracy loses under the strongest transformation of each kind."""
    kinds = list(dict.fromkeys(table["transform"]))
    rows = []
    for rung, part in table.groupby("rung", sort=False):
        untransformed = part.loc[(part["transform"] == "rotation") & (part["amount"] == 0), "mean"].iloc[0]
        lost = [part.loc[part["transform"] == kind, "mean"].min() - untransformed for kind in kinds]
        rows.append([Cell(words(rung), looks="head"), _percent(untransformed), *(Cell(signed(change), change) for change in lost)])
    columns = ["Rung", "As they are", *(f"{kind}, at worst" for kind in kinds)]
    return View("robustness", "What is lost, in points, under the strongest transformation of each kind", columns, rows, "robustness")


def against_best(table: pd.DataFrame) -> View:
    """Each ensemble beside the member that validation would have chosen."""
    columns = [
        "Ensemble",
        "Accuracy",
        "Best single network by validation",
        "Difference in points",
        "Images that it alone classifies correctly",
        "That the network alone does",
        "p (McNemar)",
    ]
    rows = [
        [
            Cell(words(row.rung), looks="head"),
            _percent(row.accuracy),
            Cell(f"{100 * row.best_accuracy:.1f} %", row.best_accuracy, f"network {row.best_member + 1} of {words(row.of)}"),
            Cell(signed(row.difference), row.difference),
            Cell(str(row.ensemble_alone), row.ensemble_alone),
            Cell(str(row.member_alone), row.member_alone),
            Cell(_p_text(row.p), row.p),
        ]
        for row in table.itertuples()
    ]
    return View("against-best", "The ensembles against a single network", columns, rows, "against_best")


def cost(table: pd.DataFrame, ladder_table: pd.DataFrame) -> View:
    """What every trained rung took."""
    columns = ["No.", "Rung", "Accuracy", "Seconds a network", "Images a second", "Multiply-accumulates", "Parameters", "Memory, MiB"]
    parameters = ladder_table.drop_duplicates("rung").set_index("rung")["trainable_parameters"]
    rows = [
        [
            Cell(str(row.number), row.number),
            Cell(words(row.rung), looks="head"),
            _percent(row.accuracy),
            Cell(f"{row.seconds_per_member:.1f}", row.seconds_per_member),
            Cell(f"{row.images_per_second:,.0f}", row.images_per_second),
            Cell(f"{row.multiply_accumulates:,}", row.multiply_accumulates),
            Cell(f"{parameters[row.rung]:,}", parameters[row.rung]),
            Cell(f"{row.peak_memory_mib:,.0f}", row.peak_memory_mib),
        ]
        for row in table.itertuples()
    ]
    return View("cost", "What each rung cost", columns, rows, "cost")


def runs(table: pd.DataFrame, recipes: dict[str, str]) -> View:
    """Where each run comes from; `recipes` are the SHA-256 of theirs."""
    rows = [
        [
            Cell(words(row.rung), looks="head"),
            Cell(recipes[row.rung][:12]),
            Cell("not a commit" if pd.isna(row.commit) else str(row.commit)[:12]),
            Cell(row.ended.replace("+00:00", "").replace("T", " ")),
            Cell(f"{row.host}, {row.device}"),
            Cell(f"{row.seconds:.1f}", row.seconds),
        ]
        for row in table.itertuples()
    ]
    columns = ["Rung", "Recipe (SHA-256)", "Commit", "Trained until (UTC)", "On", "Seconds, all networks"]
    return View("runs", "Where each run comes from", columns, rows, "cost")


def side_by_side(study: dict, table: pd.DataFrame) -> View:
    """Accuracy and verdict of every rung on every data set."""
    rows = []
    for rung in dict.fromkeys(rung for rung, *_ in comparisons(study)):
        cells = [table[(table["rung"] == rung) & (table["dataset"] == dataset)].iloc[0] for dataset in study["datasets"]]
        rows.append(
            [
                Cell(words(rung), looks="head"),
                *(Cell(f"{100 * row.accuracy:.1f}", row.accuracy, row.verdict, looks=LOOKS.get(row.verdict, "")) for row in cells),
            ]
        )
    return View(
        "side-by-side", "All data sets", ["Rung", *(f"{words(dataset)}, accuracy in %" for dataset in study["datasets"])], rows, "ladder"
    )


def _rung(row, budgets: dict[str, str]) -> Cell:
    flags = [f"own budget: {budgets[row.rung]}"] if row.rung in budgets else []
    if row.diverged_members:
        flags.append(f"{row.diverged_members} of {row.members} diverged")
    return Cell(words(row.rung), flag=", ".join(flags), looks="head")


def _difference(row, note: str = "") -> Cell:
    return Cell("") if pd.isna(row.difference) else Cell(points_text(row).replace(" points", ""), row.difference, note)


def _verdict(row) -> Cell:
    return Cell(row.verdict, looks=LOOKS.get(row.verdict, ""))


def _p(row) -> Cell:
    return Cell("") if pd.isna(row.p_corrected) else Cell(_p_text(row.p_corrected), row.p_corrected)


def _p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _percent(share: float) -> Cell:
    return _number(share, lambda value: f"{100 * value:.1f} %")


def _number(value: float | None, text) -> Cell:
    return Cell("–") if pd.isna(value) else Cell(text(value), float(value))
