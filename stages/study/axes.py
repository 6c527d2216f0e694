"""Where a rung lies on an axis: its number at `slot.option`, whatever name the slot has; or what it
has in a whole slot, in words."""

from typing import Any

from stages.study.comparisons import describe
from stages.study.local import START, begins
from stages.study.slots import NONE, REQUIRED
from stages.techniques.options import slots

# A rung's own words are a place, too.
LABEL = "label"


def value(study: dict, rung: str, place: str, others: list[str]) -> Any:
    """The value of a rung of study.json at `slot.option`, at `budget.key`, `slot`, `start` or
    `label`; None without one. `others` are the places beside it, of which a slot's words say
    nothing."""
    return places(study, rung, others).get(place)


def places(study: dict, rung: str, others: list[str | None]) -> dict[str, Any]:
    """Every `slot.option` of a rung of study.json with its value (in a list, the first one's), and
    every `slot` in words that leave out the options at the places `others`."""
    technique, budget = study["techniques"][rung], study["budget"]
    label = study["labels"].get(rung)
    found: dict[str, Any] = {slot: NONE for slot in slots() if slot not in REQUIRED}
    found[START] = begins(study["starts"], rung) or NONE
    for slot, choices in technique.items():
        if slot == "budget":
            continue
        found[slot] = describe(slot, choices, [place for place in others if place])
        for choice in reversed(choices if isinstance(choices, list) else [choices]):
            [options] = choice.values()
            found |= {f"{slot}.{option}": given for option, given in options.items()}
    own = budget | technique.get("budget", {})
    found |= {f"budget.{key}": given for key, given in own.items() if key != "seed"}
    return found | ({LABEL: label} if label else {})


def is_number(given: Any) -> bool:
    """Whether something can be a point of a line chart's axis."""
    return isinstance(given, int | float) and not isinstance(given, bool)
