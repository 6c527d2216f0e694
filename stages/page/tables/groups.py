"""The groups of a study's comparisons: where their rungs lie on an axis, and beside what."""

import pandas as pd

from stages.scoring.comparing import DIFFERENCE, LEARNED
from stages.scoring.verdicts import REFERENCE
from stages.study.axes import value
from stages.study.schema import PREVIOUS

# Of a row that is compared with none.
CORRECTED = ["p_corrected", "learned_p_corrected"]
NOT_COMPARED = dict.fromkeys(["compared_with", *DIFFERENCE, *LEARNED, *CORRECTED])
NOT_COMPARED |= {"verdict": REFERENCE, "kind": "beside"}


def axes(study: dict) -> pd.DataFrame:
    """Where the rungs of each group with an axis lie: a row per rung and `slot.option`, which is
    the `x`, the `y` or the `series` of its chart."""
    rows = [
        {"dataset": dataset, "group": group["title"], "rung": rung, "part": part, "option": place}
        | {"value": value(study, rung, place, list(parts(group).values()))}
        for dataset in study["datasets"]
        for group in study["comparisons"]
        for rung in group["rungs"]
        for part, place in parts(group).items()
    ]
    return pd.DataFrame(rows, columns=["dataset", "group", "rung", "part", "option", "value"])


def parts(group: dict) -> dict[str, str]:
    """The `slot.option` of each part of a group's chart: x, y, series, as far as it has them."""
    places = dict(zip("xy", group["axis"], strict=False))
    return places | ({"series": group["series"]} if group["series"] else {})


def rows(ladder: pd.DataFrame, group: dict, axes: pd.DataFrame) -> pd.DataFrame:
    """A group's rows of the ladder's table, of one data set, with columns for the parts of its
    chart; before them the rung that they are compared with, where it is none of them."""
    found = ladder[(ladder["group"] == group["title"]) & (ladder["kind"] == "beside")]
    if group["against"] not in [PREVIOUS, *group["rungs"]]:
        reference = ladder[ladder["rung"] == group["against"]].iloc[:1].assign(**NOT_COMPARED)
        found = pd.DataFrame([*reference.to_dict("records"), *found.to_dict("records")])
    of = axes[axes["group"] == group["title"]]
    for part in parts(group):
        values = of[of["part"] == part].set_index("rung")["value"]
        found = found.assign(**{part: found["rung"].map(values)})
    return found.reset_index(drop=True)
