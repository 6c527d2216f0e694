"""Stanzas resolved: what each takes over by `like`, its slots with all options, its own budget."""

from functools import partial
from typing import Any

from pydantic import ValidationError

from stages.study.options import allowed, problems, shortened
from stages.study.schema import LABEL_LENGTH, Budget, one_line
from stages.study.slots import BESIDE_SLOTS, NONE, refuse_missing, resolve_slot
from stages.study.source import Source


def resolve(stanzas: dict[str, dict], budget: Budget, source: Source) -> dict[str, dict]:
    """{technique: {slot: {name: options}}}, with `budget` where it has one. Raises Problem.

    A stanza is read once, in its own place, so that a mistake is found where it was written and not
    where it is taken over.
    """
    own = {name: _own(name, stanza, budget, source) for name, stanza in stanzas.items()}
    resolved = {}
    for name in stanzas:
        keys: dict[str, Any] = {}
        for ancestor in _lineage(name, stanzas, source):
            keys |= own[ancestor]
        resolved[name] = {key: keys[key] for key in sorted(keys) if keys[key] is not None}
        refuse_missing(resolved[name], ("techniques", name), source)
    return resolved


def labels(stanzas: dict[str, dict], known: dict, source: Source) -> dict[str, str | None]:
    """The label of each technique, the idea as a person says it, where it has one; `known` are
    those of study.json."""
    for name in known:
        if name not in stanzas:
            text = f"{name!r} is not defined; {allowed(name, stanzas)}"
            raise source.problem(("labels", name), text)
    return {
        name: _label(name, stanza, source) if "label" in stanza else known.get(name)
        for name, stanza in stanzas.items()
    }


def _label(name: str, stanza: dict, source: Source) -> str:
    path, label = ("techniques", name, "label"), stanza["label"]
    if not isinstance(label, str):
        text = f"found {shortened(label)}, it must be a text; put it into quotes"
        raise source.problem(path, text)
    try:
        return one_line(LABEL_LENGTH)(label)
    except ValueError as error:
        raise source.problem(path, str(error)) from error


def _lineage(name: str, stanzas: dict[str, dict], source: Source) -> list[str]:
    """A stanza and those that it is like, directly or through others, the last of them first."""
    chain = [name]
    while "like" in stanzas[chain[0]]:
        path, like = ("techniques", chain[0], "like"), stanzas[chain[0]]["like"]
        if not isinstance(like, str) or like not in stanzas:
            text = f"{shortened(like)} is not defined; {allowed(like, stanzas)}"
            raise source.problem(path, text)
        if like in chain:
            circle = " is like ".join([*chain[chain.index(like) :: -1], like])
            text = f"{circle}: a circle; one of them must say all that it is"
            raise source.problem(path, text)
        chain.insert(0, like)
    return chain


def _own(name: str, stanza: dict, budget: Budget, source: Source) -> dict[str, Any]:
    """What a stanza itself says: its slots and its budget, None for what it takes away."""
    path = ("techniques", name)
    slot = partial(resolve_slot, source=source)
    found = {
        key: slot(key, value, (*path, key))
        for key, value in stanza.items()
        if key not in BESIDE_SLOTS
    }
    if "budget" in stanza:
        found["budget"] = _budget(stanza["budget"], (*path, "budget"), budget, source)
    return found


def _budget(own: Any, path: tuple, budget: Budget, source: Source) -> dict | None:
    if own in ({}, NONE):
        return None
    known = ", ".join(key for key in Budget.model_fields if key != "seed")
    if not isinstance(own, dict):
        text = f"found {shortened(own)}, it must be values of the budget like {{epochs: 1}}"
        raise source.problem(path, f"{text}; allowed: {known}")
    if "seed" in own:
        text = "the seed is the study's, so that rungs can be compared member by member"
        raise source.problem((*path, "seed"), f"{text}; remove it here")
    try:
        whole = Budget.model_validate(dict(budget) | own)
        return {key: getattr(whole, key) for key in Budget.model_fields if key in own}
    except ValidationError as error:
        inner, text = problems(error, Budget)[0]
        raise source.problem((*path, *inner), text) from error
