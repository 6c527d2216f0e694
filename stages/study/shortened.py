"""What is left of a study, as it was written, whose ladder the command line has shortened."""

from typing import Any

PREVIOUS = "previous"


def shortened(values: dict[str, Any]) -> dict[str, Any]:
    """The study without the groups, rungs beside the ladder, ensembles, starts and predictions that
    have lost a rung; what is not of the right kind stays, to be refused when it is validated."""
    groups, beside = _list(values, "comparisons"), _list(values, "beside")
    begun = _started(_list(values, "starts"), [*values["ladder"], *beside])
    known = [*values["ladder"], *beside, *_begun(begun)]
    kept = [group for group in groups if _all_in(_of_group(group), [*known, PREVIOUS])]
    lost = [rung for group in groups if group not in kept for rung in _of_group(group)]
    wanted = [rung for group in kept for rung in _of_group(group)]
    beside = [rung for rung in beside if rung in wanted or rung not in lost]
    return values | _present(values, _dependent(values, kept, beside))


def _dependent(values: dict, groups: list, beside: list) -> dict[str, list]:
    trained = [*values["ladder"], *beside]
    starts = _started(_list(values, "starts"), trained)
    begun = _begun(starts)
    groups = [group for group in groups if _all_in(_of_group(group), [*trained, *begun, PREVIOUS])]
    ensembles = [e for e in _list(values, "ensembles") if _all_in(_at(e, "of"), trained)]
    known = [*trained, *begun, *(name for ensemble in ensembles for name in _at(ensemble, "name"))]
    titles = [title for group in groups for title in _at(group, "title")]
    expect = [
        item
        for item in _list(values, "expect")
        if _all_in(_at(item, "rung", "better_than", "difference", "best_of"), known)
        and _all_in(_at(item, "group"), titles)
    ]
    lists = {"beside": beside, "comparisons": groups, "ensembles": ensembles}
    return lists | {"starts": starts, "expect": expect}


def _started(starts: list, trained: list) -> list:
    """The starts whose weights are there, also those of another start."""
    kept: list = []
    while True:
        known = [*trained, *_begun(kept)]
        now = [start for start in starts if _all_in(_at(start, "from"), known)]
        if now == kept:
            return kept
        kept = now


def _begun(starts: list) -> list:
    return [rung for start in starts for rung in _at(start, "rung")]


def _list(values: dict, key: str) -> list:
    return values[key] if isinstance(values.get(key), list) else []


def _present(values: dict, lists: dict[str, list]) -> dict[str, list]:
    return {key: value for key, value in lists.items() if isinstance(values.get(key), list)}


def _of_group(group: Any) -> list:
    return _at(group, "rungs", "against")


def _at(item: Any, *keys: str) -> list:
    """The names that stand at these keys, or in lists there; none where there is no mapping."""
    found = [item[key] for key in keys if key in item] if isinstance(item, dict) else []
    return [name for value in found for name in (value if isinstance(value, list) else [value])]


def _all_in(names: list, known: list) -> bool:
    return all(name in known for name in names)
