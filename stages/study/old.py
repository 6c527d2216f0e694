"""Keys that a study once had, and what to write instead."""

from stages.study.source import Source

TITLE = "Without one idea"


def refuse(source: Source) -> None:
    """Raise Problem where a study says `ablations`, which `beside` and `comparisons` replace."""
    if "ablations" not in source.values:
        return
    written = source.values["ablations"]
    rungs = written.get("rungs") if isinstance(written, dict) else None
    instead = "`beside: []`"
    if rungs:
        names = ", ".join(map(str, rungs)) if isinstance(rungs, list) else rungs
        group = f"{{title: {TITLE}, rungs: [{names}], against: {written.get('of')}}}"
        instead = f"`beside: [{names}]` and `comparisons: [{group}]`"
    raise source.problem(("ablations",), f"this key is no more; write {instead} instead")
