"""Where a rung lies on an axis: its number at `slot.option`, whatever name the slot has."""

from typing import Any


def value(technique: dict, budget: dict, place: str) -> Any:
    """The value of a resolved technique at `slot.option`, or at `budget.key`; None without one.

    `technique` and `budget` as they stand in study.json.
    """
    return places(technique, budget).get(place)


def places(technique: dict, budget: dict) -> dict[str, Any]:
    """Every `slot.option` of a resolved technique with its value, and every `slot` with its name:
    in a list, the first one's."""
    found: dict[str, Any] = {}
    for slot, choices in technique.items():
        for choice in choices if isinstance(choices, list) else [choices]:
            for name, options in choice.items() if slot != "budget" else ():
                of_choice = {f"{slot}.{option}": given for option, given in options.items()}
                found = {slot: name} | of_choice | found
    own = budget | technique.get("budget", {})
    return found | {f"budget.{key}": given for key, given in own.items() if key != "seed"}


def is_number(given: Any) -> bool:
    """Whether something can be a point of an axis."""
    return isinstance(given, int | float) and not isinstance(given, bool)
