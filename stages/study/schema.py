"""The form of a study: its keys, their types, and what they are when they are absent."""

import re
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from stages.study.departures import departure
from stages.study.expectation import Expectation
from stages.study.options import Strict
from stages.techniques.options import Count, Fraction

# Names become folders and DVC stages.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=64)]
PREVIOUS = "previous"
# Of the rows that are compared, those that no group of the study brings in have these for a title.
LADDER, BESIDE, ENSEMBLES = "ladder", "beside", "ensembles"
LABEL_LENGTH, TITLE_LENGTH = 60, 120


def one_line(most: int):
    """A check that a text is one line of at most so many characters, and not empty."""

    def check(text: str) -> str:
        if not text.strip() or len(text.splitlines()) > 1 or len(text) > most:
            found = text if len(text) <= most else f"{text[:20]}…"
            raise ValueError(f"found {found!r}, it must be one line of 1 to {most} characters")
        return text.strip()

    return check


def _title(text: str) -> str:
    if text in (LADDER, BESIDE, ENSEMBLES):
        raise ValueError(f"found {text!r}, which means something else on the page; name the group")
    return text


def _device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", value):
        allowed = "'auto', 'cpu', 'cuda' (any free GPU), or 'cuda:1' (that one)"
        raise ValueError(f"found {value!r}, it must be {allowed}")
    return value


def _whether(value: Any) -> bool | str:
    if value != "auto" and not isinstance(value, bool):
        raise ValueError(f"found {value!r}, it must be auto, true or false")
    return value


Title = Annotated[str, AfterValidator(one_line(TITLE_LENGTH)), AfterValidator(_title)]


class Budget(Strict):
    """What all rungs share: a ladder compares ideas, not patience.

    Whether the images of an epoch are shuffled, its last, incomplete batch is dropped, and each
    batch is looked at once more after its step, is written down only where it is not as usual, so
    that no other recipe knows of it.
    """

    epochs: Count
    batch_size: Count
    members: Count
    validation: Fraction
    seed: Annotated[int, Ge(0)] = 0
    shuffle: bool = True
    drop_last: bool = True
    evaluate_after_step: bool = False

    @model_serializer(mode="wrap")
    def _what_is_not_as_usual(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        usual = {"shuffle": True, "drop_last": True, "evaluate_after_step": False}
        return {key: value for key, value in written(self).items() if usual.get(key) is not value}


class Group(Strict):
    """Rungs that are compared with one rung, or each with the one before it in the group.

    Where they differ in one number (`axis`, slot.option) they are a line chart; in two, or in whole
    slots, a heat map; `series` splits them by one more. With `choose`, the page says which of them
    the validation images choose, and what that is worth.
    """

    title: Title
    rungs: Annotated[list[Name], Len(1)]
    against: Name
    axis: Annotated[list[str], Len(0, 2)] = []
    series: str | None = None
    choose: bool = False


class Ensemble(Strict):
    """A rung that is not trained: the members of rung `of`, their predictions combined."""

    name: Name
    of: Name
    combine: Name


class Start(Strict):
    """A rung that is trained on `dataset` from the weights of rung `from`, trained on another: all
    of them, or those of its features, with a new classifier on them.

    It may be trained on several data sets, by a start for each, from the same weights.
    """

    rung: Name
    from_: Name = Field(alias="from")
    dataset: Name
    from_dataset: Name
    take: Literal["all", "features"] = "all"


class Study(Strict):
    """One study; `techniques` holds resolved slots: {technique: {slot: {name: options}}}, lists of
    these where order matters.

    A technique's key `budget` is no slot: it holds the values of the budget that it has for itself.
    `data` holds the data sets with options: {name: options} (data.py).
    """

    study: Name
    title: str = ""
    departures: list[Annotated[Any, BeforeValidator(departure)]] = []
    datasets: Annotated[list[Name], Len(1)]
    task: Name = "classification"
    device: Annotated[str, AfterValidator(_device)] = "auto"
    threads: Count = 1
    precision: Literal["float32", "bfloat16", "tf32", "auto"] = "auto"
    deterministic: bool = True
    cuda_graph: Annotated[bool | str, BeforeValidator(_whether)] = "auto"
    tensorboard: bool = False
    budget: Budget
    ladder: Annotated[list[Name], Len(1)]
    beside: list[Name] = []
    comparisons: list[Group] = []
    ensembles: list[Ensemble] = []
    starts: list[Start] = []
    lessons: list[Name] = []
    expect: list[Expectation] = []
    techniques: dict[Name, dict[str, Any]]
    data: dict[Name, Any] = {}
    labels: dict[Name, str | None] = {}

    @property
    def trained(self) -> list[str]:
        """Every rung that is trained on every data set: the ladder, then those beside it."""
        return self.ladder + self.beside

    @property
    def started(self) -> list[str]:
        """Every rung that begins with another's weights, on the data sets of its starts."""
        return list(dict.fromkeys(start.rung for start in self.starts))

    def datasets_of(self, rung: str) -> list[str]:
        """The data sets that a rung is trained on: all, or those of its starts."""
        if rung not in self.started:
            return self.datasets
        return [start.dataset for start in self.starts if start.rung == rung]

    @property
    def rungs(self) -> list[str]:
        """Every rung in the order of the report: the trained ones, then the ensembles."""
        return self.trained + [ensemble.name for ensemble in self.ensembles]

    def slots(self, technique: str) -> dict[str, Any]:
        """The resolved slots of a technique."""
        resolved = self.techniques[technique]
        return {slot: choice for slot, choice in resolved.items() if slot != "budget"}

    def budget_of(self, technique: str) -> Budget:
        """The budget of a technique: the study's, but for the values that it has for itself."""
        return self.budget.model_copy(update=self.techniques[technique].get("budget", {}))
