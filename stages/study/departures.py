"""Where a study departs from its source, and which of its numbers that touches."""

from typing import Any, Literal

from pydantic import ValidationError

from stages.study.options import Strict, allowed, problems, shortened
from stages.study.source import Source

Touched = Literal[
    "accuracy", "loss", "test_accuracy", "test_loss", "train_accuracy", "train_loss", "parameters"
]


class Departure(Strict):
    """What a study does otherwise than its source: in words, the quantities that it touches
    (`accuracy` those of test and training images), all where it doesn't say, and the rungs."""

    says: str
    touches: list[Touched] | None = None
    rungs: list[str] | None = None

    def reaches(self, rung: str, quantity: str) -> bool:
        """Whether a quantity of a rung, as claims name it, may be another one because of this."""
        if self.rungs is not None and rung not in self.rungs:
            return False
        if self.touches is None:
            return True
        return any(quantity.startswith(of) or of in quantity.split("_") for of in self.touches)


def departure(value: Any) -> str | Departure:
    """A departure as a study writes it: a text alone, which touches everything, or with what it
    touches. Raises ValueError."""
    if isinstance(value, str | Departure):
        return value
    if not isinstance(value, dict):
        raise ValueError(
            f"found {shortened(value)}, it must be a text, or {{says, touches, rungs}}"
        )
    try:
        return Departure.model_validate(value)
    except ValidationError as error:
        raise ValueError(problems(error, Departure)[0][1]) from error


def touching(departures: list, rung: str, quantity: str) -> list[str]:
    """What those of a study's departures say that touch a quantity of a rung."""
    read = [Departure(says=of) if isinstance(of, str) else departure(of) for of in departures]
    return [of.says for of in read if of.reaches(rung, quantity)]


def refuse_unknown_rungs(study, source: Source) -> None:
    """Raise Problem for a departure of a rung that a study doesn't have."""
    known = [*study.rungs, *study.started]
    for i, of in enumerate(study.departures):
        for rung in [] if isinstance(of, str) else of.rungs or []:
            if rung not in known:
                text = f"{rung!r} is not a rung of this study; {allowed(rung, known)}"
                raise source.problem(("departures", i, "rungs"), text)
