"""What a study's author predicts, as data: five forms, exactly one for each prediction."""

from typing import Annotated, NamedTuple

from annotated_types import Ge, Len
from pydantic import Field, model_validator

from stages.study.options import Strict

# What the names of scores end in that are shares, as in stages/scoring/score.py.
SHARES = ("accuracy", "iou")
GAP = "train_minus_validation"
BOUNDS = frozenset({"at_least", "at_most"})


class Form(NamedTuple):
    """The keys that a form must have, whether it needs a bound, too, and what else it may have."""

    needs: frozenset[str]
    bounded: bool
    may: frozenset[str]
    said: str

    def fits(self, given: set[str]) -> bool:
        """Whether these keys make this form."""
        allowed = self.needs | self.may | (BOUNDS if self.bounded else frozenset())
        return self.needs <= given <= allowed and (not self.bounded or bool(given & BOUNDS))


NO = frozenset()
FORMS = (
    Form(frozenset({"rung"}), True, NO, "{rung, at_least and/or at_most}"),
    Form(frozenset({"rung", "better_than"}), False, NO, "{rung, better_than}"),
    Form(
        frozenset({"difference"}),
        True,
        frozenset({"relative", "against_dataset"}),
        "{difference: [a, b], at_least and/or at_most}, also relative, against_dataset",
    ),
    Form(frozenset({"group", "range_at_most"}), False, NO, "{group, range_at_most}"),
    Form(frozenset({"best_of", "is"}), False, NO, "{best_of: [a, b], is}"),
)
# Keys that every form may have.
ALWAYS = frozenset({"quantity", "dataset", "because"})


class Expectation(Strict):
    """A prediction; keys of other forms than its own are None.

    The `quantity` is the test score where none is given (expectations.py). Bounds are numbers in
    its own unit (an accuracy is a share); those of a relative difference are shares of b's value,
    or, where it is an accuracy, of the errors that b makes. Of a difference, b may be of another
    data set, `against_dataset`, and then the same rung as a.
    """

    rung: str | None = None
    better_than: str | None = None
    difference: Annotated[list[str], Len(2, 2)] | None = None
    relative: bool | None = None
    against_dataset: str | None = None
    group: str | None = None
    best_of: Annotated[list[str], Len(2)] | None = None
    is_: str | None = Field(None, alias="is")
    quantity: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    range_at_most: Annotated[float, Ge(0)] | None = None
    dataset: str | None = None
    because: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _absent(cls, values: object) -> object:
        """A difference says whether it is relative, so that study.json leaves no doubt."""
        if isinstance(values, dict) and values.get("difference") is not None:
            return values | {"relative": values.get("relative") or False}
        return values

    @model_validator(mode="after")
    def _is_one_form(self) -> "Expectation":
        given = self.model_dump(exclude_none=True, by_alias=True).keys() - ALWAYS
        if not any(form.fits(given) for form in FORMS):
            forms = "; ".join(form.said for form in FORMS)
            found = ", ".join(sorted(given)) or "no prediction"
            raise ValueError(f"found {found}; write exactly one of {forms}")
        return self

    @model_validator(mode="after")
    def _makes_sense(self) -> "Expectation":
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is more than at_most {self.at_most:g}")
        twice = len(set(self.compared)) < len(self.compared)
        if twice and self.against_dataset is None:
            raise ValueError(f"a rung stands here twice: {', '.join(self.compared)}")
        if self.is_ is not None and self.is_ not in self.best_of:
            raise ValueError(f"is: {self.is_!r} is not one of best_of")
        if self.against_dataset is not None and self.against_dataset == self.dataset:
            raise ValueError(f"against_dataset: {self.dataset!r} is the data set itself")
        if self.against_dataset is not None and self.dataset is None:
            raise ValueError("against_dataset: dataset is missing; say on which a is, too")
        return self

    @property
    def compared(self) -> list[str]:
        """The rungs that are set beside each other, as written."""
        pair = [rung for rung in (self.rung, self.better_than) if rung is not None]
        return pair or self.difference or self.best_of or []

    def units(self) -> list[tuple[str, float, float]]:
        """(key of a bound, its least, its greatest value), where the quantity has such."""
        gap = self.quantity == GAP
        if self.relative or not (gap or self.quantity.endswith(SHARES)):
            return []
        signed = self.difference is not None or gap
        low = -1.0 if signed else 0.0
        return [("at_least", low, 1.0), ("at_most", low, 1.0), ("range_at_most", 0.0, 1.0)]
