"""Which rungs are compared with each other, and what differs between their recipes."""

from collections.abc import Sequence
from typing import NamedTuple

from stages.study.local import START, begins
from stages.study.options import options
from stages.study.schema import BESIDE, ENSEMBLES, LADDER, PREVIOUS

COMBINED = {
    "majority": "majority vote",
    "mean": "mean of the predictions",
    "weighted": "weighted vote",
}


class Comparison(NamedTuple):
    """A row of what is compared: what the rung changes in the one that it is compared with; for
    the first of its group, which is compared with none, all that it is.

    `label` is the idea as the study says it, or else what is changed; `group` is the group's title.
    """

    rung: str
    compared_with: str | None
    changed: str
    label: str
    group: str


def comparisons(study: dict) -> list[Comparison]:
    """Every rung of a study (as study.json has it) in the order of the page: the ladder, group
    after group, trained rungs that stand in no group, the ensembles. A rung of several groups has
    several rows."""
    groups = [
        {"title": LADDER, "rungs": study["ladder"], "against": PREVIOUS},
        *study["comparisons"],
    ]
    named = [_row(study, *pair, group["title"]) for group in groups for pair in pairs(group)]
    seen = {row.rung for row in named}
    alone = [_row(study, rung, None, BESIDE) for rung in study["beside"] if rung not in seen]
    return named + alone + [_combined(ensemble) for ensemble in study["ensembles"]]


def pairs(group: dict) -> list[tuple[str, str | None]]:
    """Each rung of a group with the one that it is compared with; the first of `previous`, and the
    rung that the others are compared with, with none."""
    rungs, against = group["rungs"], group["against"]
    if against == PREVIOUS:
        return list(zip(rungs, [None, *rungs], strict=False))
    return [(rung, None if rung == against else against) for rung in rungs]


def _row(study: dict, rung: str, below: str | None, title: str) -> Comparison:
    techniques = study["techniques"]
    texts = changes(techniques[below] if below else {}, techniques[rung])
    changed = "; ".join(texts + _begins(study, below, rung)) or "nothing"
    return Comparison(rung, below, changed, study["labels"].get(rung) or changed, title)


def _begins(study: dict, below: str | None, rung: str) -> list[str]:
    """What changes in what a rung begins with, in words."""
    before, after = (begins(study["starts"], name) if name else None for name in (below, rung))
    if before == after:
        return []
    return [f"{START}: {f'{before} → ' if before and after else ''}{after or f'no {before}'}"]


def _combined(ensemble: dict) -> Comparison:
    changed = f"{COMBINED[ensemble['combine']]} of the members of {ensemble['of']}"
    return Comparison(ensemble["name"], ensemble["of"], changed, changed, ENSEMBLES)


def changes(below: dict, above: dict) -> list[str]:
    """What the resolved slots `above` change in those `below`, in words; for a rung with none below
    it, all that it is."""
    texts = []
    if above.get("budget", {}) != below.get("budget", {}):
        own = own_budget(above)
        texts.append(f"a budget of its own: {own}" if "budget" in above else "the study's budget")
    for slot in sorted((below.keys() | above.keys()) - {"budget"}):
        texts += _changed(slot, below.get(slot), above.get(slot))
    return texts


def _changed(slot: str, below: dict | list | None, above: dict | list | None) -> list[str]:
    """What changes in one slot, in words; None stands for a slot that a rung doesn't have."""
    if below is None:
        return [f"{slot}: {describe(slot, above)}"]
    if above is None:
        return [f"{slot}: no {describe(slot, below)}"]
    if isinstance(above, dict) and above.keys() == below.keys():
        return _changed_options(slot, below, above)
    if below != above:
        return [f"{slot}: {describe(slot, below)} → {describe(slot, above)}"]
    return []


def _changed_options(slot: str, below: dict, above: dict) -> list[str]:
    """The options of the same name that changed, as in `network: basic, width 32 → 16`."""
    [name] = above
    before, after = below[name], sorted(above[name].items())
    changed = [
        f"{key} {_in_words(before[key])} → {_in_words(now)}"
        for key, now in after
        if before[key] != now
    ]
    return [f"{slot}: {name}, {', '.join(changed)}"] if changed else []


def _in_words(value: float | str | bool | None) -> str:
    """The value of an option as a study writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else value if isinstance(value, str) else f"{value:g}"


def own_budget(technique: dict) -> str:
    """The values of the budget that a resolved technique has for itself, in words; empty where it
    has none."""
    return ", ".join(
        f"{key.replace('_', ' ')} {_in_words(value)}"
        for key, value in technique.get("budget", {}).items()
    )


def describe(slot: str, choice: dict | list, without: Sequence[str] = ()) -> str:
    """A resolved choice in words, as in `sgd (learning_rate 0.1)`: without options that have their
    default, and those `without`, named `slot.option`."""
    if isinstance(choice, list):
        return ", ".join(describe(slot, item, without) for item in choice)
    [(name, given)] = choice.items()
    defaults = {key: field.default for key, field in options(slot, name).model_fields.items()}
    changed = [
        (key, value)
        for key, value in sorted(given.items())
        if value != defaults[key] and f"{slot}.{key}" not in without
    ]
    texts = [f"{key} {_in_words(value)}" for key, value in changed]
    return name + (f" ({', '.join(texts)})" if texts else "")
