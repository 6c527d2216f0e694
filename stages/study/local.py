"""A study as it is on one of its data sets, where rungs that begin with another's weights may be
trained on some alone."""

from stages.study.schema import PREVIOUS

# What a rung begins with, as a place on an axis and as a change.
START = "start"


def on(study: dict, dataset: str) -> dict:
    """A study (as study.json has it) of this data set alone: what begins there with another's
    weights stands beside the ladder, too; groups have the rungs that are there, and those that
    compare nothing there are left out."""
    begun = [start["rung"] for start in study["starts"] if start["dataset"] == dataset]
    beside = [*study["beside"], *begun]
    known = {*study["ladder"], *beside}
    groups = [
        group | {"rungs": [rung for rung in group["rungs"] if rung in known]}
        for group in study["comparisons"]
    ]
    kept = [group for group in groups if _compares(group, known)]
    return study | {"datasets": [dataset], "beside": beside, "comparisons": kept}


def _compares(group: dict, known: set[str]) -> bool:
    rungs, against = group["rungs"], group["against"]
    if against == PREVIOUS:
        return len(rungs) > 1
    return against in known and rungs not in ([], [against])


def begins(starts: list[dict], rung: str) -> str | None:
    """What a rung begins with, in words: `features of basic on digits`; None where it begins by
    itself."""
    for start in starts:
        if start["rung"] == rung:
            what = "features" if start["take"] == "features" else "weights"
            return f"{what} of {start['from']} on {start['from_dataset']}"
    return None
