"""Which rungs are compared with each other, and what differs between their recipes."""

from stages.study.options import options

COMBINED = {"majority": "majority vote", "mean": "mean of the predictions"}


def comparisons(study: dict) -> list[tuple[str, str | None, str]]:
    """(rung, the rung that it is compared with, what changes), in the order of the page."""
    rungs: list[tuple[str, str | None, str]] = []
    below = None
    for rung in study["ladder"]:
        changed = "; ".join(changes(study["techniques"].get(below, {}), study["techniques"][rung])) or "nothing"
        rungs.append((rung, below, changed))
        below = rung
    of = study["ablations"]["of"]
    for rung in study["ablations"]["rungs"]:
        changed = "; ".join(changes(study["techniques"][of], study["techniques"][rung])) or "nothing"
        rungs.append((rung, of, changed))
    return rungs + [(e["name"], e["of"], f"{COMBINED[e['combine']]} of the members of {e['of']}") for e in study["ensembles"]]


def changes(below: dict, above: dict) -> list[str]:
    """What the resolved slots `above` change in those `below`, in words; of the first rung, all that it is."""
    texts = []
    if above.get("budget", {}) != below.get("budget", {}):
        texts.append(f"a budget of its own: {own_budget(above)}" if "budget" in above else "the study's budget")
    for slot in sorted((below.keys() | above.keys()) - {"budget"}):
        if slot not in below:
            texts.append(f"{slot}: {describe(slot, above[slot])}")
        elif slot not in above:
            texts.append(f"{slot}: no {describe(slot, below[slot])}")
        elif isinstance(above[slot], dict) and above[slot].keys() == below[slot].keys():
            texts += _changed_options(slot, below[slot], above[slot])
        elif below[slot] != above[slot]:
            texts.append(f"{slot}: {describe(slot, below[slot])} → {describe(slot, above[slot])}")
    return texts


def _changed_options(slot: str, below: dict, above: dict) -> list[str]:
    """Of the same name, the options that changed: `network: basic, width 32 → 16`; nothing where none did."""
    [name] = above
    before, after = below[name], sorted(above[name].items())
    changed = [f"{key} {_said(before[key])} → {_said(now)}" for key, now in after if before[key] != now]
    return [f"{slot}: {name}, {', '.join(changed)}"] if changed else []


def _said(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def own_budget(technique: dict) -> str:
    """The values of the budget that a resolved technique has for itself, in words; empty where it has none."""
    return ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in technique.get("budget", {}).items())


def describe(slot: str, choice: dict | list) -> str:
    """A resolved choice in words, without the options that have their default: `sgd (learning_rate 0.1)`."""
    if isinstance(choice, list):
        return ", ".join(describe(slot, item) for item in choice)
    [(name, given)] = choice.items()
    defaults = {key: field.default for key, field in options(slot, name).model_fields.items()}
    told = [f"{key} {value:g}" for key, value in sorted(given.items()) if value != defaults[key]]
    return name + (f" ({', '.join(told)})" if told else "")
