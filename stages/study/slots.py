"""The slots of a stanza, resolved: every name with all its options."""

from typing import Any

from pydantic import ValidationError

from stages.study.options import allowed, options, problems, shortened
from stages.study.source import Source
from stages.techniques.options import slots

REQUIRED = ("network", "activation", "initialization", "optimizer")
LISTS = ("augmentation",)
NONE = "none"
# Keys of a stanza that are no slots.
BESIDE_SLOTS = ("budget", "label", "like")


def resolve_slot(slot: str, value: Any, path: tuple, source: Source) -> dict | list | None:
    """What a stanza says of a slot, with all options; None for `none`. Raises Problem."""
    if slot not in slots():
        known = [*slots(), *BESIDE_SLOTS]
        raise source.problem(path, f"unknown slot {slot!r}; {allowed(slot, known)}")
    if value == NONE and slot not in REQUIRED:
        return None
    if slot in LISTS and isinstance(value, list):
        return [_choice(slot, item, (*path, i), source) for i, item in enumerate(value)]
    choice = _choice(slot, value, path, source)
    return [choice] if slot in LISTS else choice


def refuse_missing(resolved: dict, path: tuple, source: Source) -> None:
    """Raise Problem where a stanza, with all that it inherits, lacks a slot that must be there."""
    for slot in REQUIRED:
        if slot not in resolved:
            text = f"the slot {slot!r} is missing; {allowed(slot, slots()[slot])}"
            raise source.problem(path, text)


def _choice(slot: str, value: Any, path: tuple, source: Source) -> dict:
    """`name`, or `{name: options}`, as {name: every option with its value}."""
    if isinstance(value, dict) and len(value) == 1:
        [(name, given)] = value.items()
    else:
        name, given = value, {}
    if not isinstance(name, str):
        form = "it must be a name, or a name with options like {name: {option: 1}}"
        raise source.problem(path, f"found {shortened(value)}, {form}")
    if name not in slots()[slot]:
        names = [*slots()[slot], *([] if slot in REQUIRED else [NONE])]
        raise source.problem(path, f"{name!r} is not a name of this slot; {allowed(name, names)}")
    if not isinstance(given, dict):
        known = ", ".join(options(slot, name).model_fields) or "none"
        text = f"found {shortened(given)}, it must be options like {{option: 1}}; allowed: {known}"
        raise source.problem((*path, name), text)
    try:
        return {name: options(slot, name).model_validate(given).model_dump()}
    except ValidationError as error:
        inner, text = problems(error, options(slot, name))[0]
        raise source.problem((*path, name, *inner), text) from error
