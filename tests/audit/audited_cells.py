"""The tables of a page that its sentences speak of, cell by cell, made again from the CSV that they
follow from."""

from audited_files import number
from audited_findings import Remade, cells
from audited_page import MARKS, Page, Row, listed, words

SHARES = ("accuracy", "iou", "_minus_validation")


def ladder(page: Page, shown: Row, row: Row) -> list[tuple[str, str]]:
    """What a row of the ladder or of a group shows, and what it has to show."""
    expected = {
        "Rung": words(row["rung"]),
        "Learned": _learned(row),
        words(page.score): page.reached(row),
        "Difference": _difference(page, row),
        "Verdict": f"{MARKS.get(row['verdict'], '')} {row['verdict']}".strip(),
        "p, corrected": _p_values(row),
    }
    return [
        (cell, text)
        for head, cell in shown.items()
        for name, text in expected.items()
        if head.lower().startswith(name.lower())
    ]


def _learned(row: Row) -> str:
    return "" if row["kind"] == "combined" else f"{row['learned_members']} of {row['members']}"


def _difference(page: Page, row: Row) -> str:
    """Of the scores; where there is none, how many learned."""
    if row["difference"]:
        return page.apart(row)
    below, share = row["compared_learned"], number(row["learned_difference"])
    if not below or row["kind"] == "combined":
        return ""
    if share == 0:
        return "" if row["learned_members"] == row["members"] else f"{page.counts(row)}, as before"
    return f"{page.counts(row)} instead of {page.counts_below(row)}"


def _p_values(row: Row) -> str:
    def said(text: str) -> str:
        return "< 0.001" if number(text) < 0.001 else f"{number(text):.3f}"

    of_score, of_share = row["p_corrected"], row["learned_p_corrected"]
    if of_score:
        return said(of_score)
    return f"{said(of_share)} for the share that learned" if of_share else ""


def prediction(row: Row) -> dict[str, str]:
    """What a row of the predictions shows."""
    return {
        "Prediction": _predicted(row),
        "Outcome": row["outcome"],
        "Measured (95 % interval, n)": _measured(row),
        "Why it was expected": " ".join(row["because"].split()),
    }


def _predicted(row: Row) -> str:
    one, *others = (name.replace("@", "_on_") for name in row["rungs"].split())
    quantity, other = row["quantity"], listed([words(name) for name in others])
    better = "lower" if quantity.endswith("_loss") else "higher"
    bounds, each = _bounds(row), "each of " * (len(others) > 1)
    relative = f"{quantity}, difference in % of {other}'s"
    if _share(row):
        relative = f"share of {other}'s {quantity.removesuffix('_accuracy')} errors avoided"
    text = {
        "level": f"{one}: {quantity} {bounds}",
        "better": f"{one}: {better} {quantity} than {other}",
        "difference": f"{one} minus {other}, {quantity}: {bounds}",
        "relative": f"{one}, {relative}: {bounds}",
        "range": f"best to worst mean {quantity}: {bounds}",
        "best": f"{one}: {better} {quantity} than {each}{other}",
    }[row["form"]]
    return f"{row['group']}: {words(text)}" if row["form"] == "range" else words(text)


def _share(row: Row) -> bool:
    return row["quantity"].endswith(SHARES)


def _unit(row: Row) -> str:
    if row["form"] == "relative":
        return " %"
    if not _share(row):
        return ""
    level = row["form"] == "level" and not row["quantity"].endswith("_minus_validation")
    return " %" if level else " percentage points"


def _written(row: Row, text: str, bound: bool = False) -> str:
    sign = "+" if row["form"] in ("difference", "better", "best") else ""
    value = number(text)
    if row["form"] == "relative" or _share(row):
        said = f"{100 * value:{sign}.6g}" if bound else f"{100 * value:{sign}.1f}"
    else:
        said = f"{value:{sign},.0f}" if "parameters" in row["quantity"] else f"{value:{sign}.4g}"
    return said.replace("-", "−")


def _bounds(row: Row) -> str:
    low, high = row["at_least"], row["at_most"]
    given = [_written(row, bound, bound=True) for bound in dict.fromkeys((low, high)) if bound]
    kind = "" if low and high else "at least " if low else "at most "
    return kind + " to ".join(given) + _unit(row)


def _measured(row: Row) -> str:
    if not row["value"]:
        return "–"
    text = _written(row, row["value"]) + _unit(row)
    if "parameters" in row["quantity"]:
        return text
    between = f"{_written(row, row['low'])} to {_written(row, row['high'])}, " if row["low"] else ""
    return f"{text} ({between}n = {row['members']})"


def of_predictions(page: Page) -> list[tuple[str, Remade]]:
    """Every prediction as the page shows it, beside how it is made again."""
    found = []
    of, shown = page.tables["expectations"], page.shown.get("expectations", [])
    assert len(of) == len(shown)
    for row, cells_shown in zip(of, shown, strict=True):
        for head, text in prediction(row).items():
            if head in cells_shown:
                at = f"expectations[{row['number']}]"
                found.append((cells_shown[head], Remade(text, [at])))
    return found


def of_ladder(page: Page) -> list[tuple[str, Remade]]:
    """Every cell of the ladder and of the groups as the page shows it, beside its remake."""
    found = []
    titles = dict.fromkeys(row["group"] for row in page.of_kind("beside"))
    parts = {"ladder": page.of_kind("trained", "combined"), "apart": page.of_kind("apart")}
    for place, title in enumerate(titles, start=1):
        parts[f"group-{place}"] = [r for r in page.of_kind("beside") if r["group"] == title]
    for name, of in parts.items():
        # Above a group may stand the rung that all are compared with.
        shown = page.shown.get(name, [])[-len(of) :] if of else []
        for row, line in zip(of, shown, strict=bool(shown)):
            for cell, text in ladder(page, line, row):
                found.append((cell, Remade(text, cells("ladder", [row], "verdict"))))
    return found
