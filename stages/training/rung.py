"""All members of a rung: one after the other, or side by side where a device is the faster for
it."""

from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from torch import Tensor

from stages import tasks
from stages.command import LOG, Problem
from stages.compute import devices
from stages.compute.cuda_graph import NotRecordable
from stages.compute.lanes import OneLane, lanes
from stages.training import boosting, network, side_by_side, start
from stages.training.data import of_member
from stages.training.loop import steps
from stages.training.member import Arithmetic, Data, Member, Watcher
from stages.training.side_by_side import Clock, Steps

# Multiply-accumulates of a step, up to which members train side by side. On an H100 five were 1.4
# times (bfloat16) and 1.06 times (tf32) as fast as one after the other at 5.6e9, and slower at
# 5.6e9 in float32 (0.7) and at 88e9 in all three (0.9, 0.7, 0.7): benchmarks/results.
LITTLE = {"bfloat16": 20e9, "tf32": 8e9, "float32": 1e9}


class Keeper(Protocol):
    """Where the states of members are kept while they are trained."""

    def load(self, member: int) -> dict | None:
        """The state that a member goes on from, where there is one."""

    def save(self, member: int, state: dict) -> None:
        """Keep a member's state."""


class Watching(Protocol):
    """Who watches the training of a member; `resumed` says whether it goes on from a state."""

    def __call__(self, member: int, resumed: bool) -> AbstractContextManager[list[Watcher]]: ...


def arithmetic_of(recipe: dict, data: Data) -> Arithmetic:
    """How the steps of a recipe are computed on the device where its data lie."""
    height, width = data.shape[1:]
    pixels = recipe["budget"]["batch_size"] * height * width
    precision = devices.precision(recipe["precision"], data.device, pixels)
    captured = recipe["cuda_graph"] is not False and data.device.type == "cuda"
    return Arithmetic(precision, captured, recipe["precision"] == "tf32")


def train_members(
    recipe: dict,
    data: Data,
    arithmetic: Arithmetic,
    keeper: Keeper,
    watching: Watching,
    weights: Path | None = None,
) -> list[Member]:
    """All members of a recipe, each from its kept state on, where there is one; they begin with the
    `weights` of another rung, where these are given.

    Raises Problem where steps must be recorded, but can't be.
    """
    rung = _Rung(recipe, data, arithmetic, keeper, watching, weights)
    begin = [partial(rung.member, number) for number in range(recipe["budget"]["members"])]
    of_device, on_their_own = lanes(data.device), rung.weighted is None
    if of_device.several and not (on_their_own and _is_little(recipe, data, arithmetic)):
        of_device = OneLane()
    return side_by_side.results(begin, of_device, rung.clock)


def _is_little(recipe: dict, data: Data, arithmetic: Arithmetic) -> bool:
    """Whether a step is so little work that it leaves most of a GPU idle."""
    outputs = tasks.load(recipe["task"]).outputs(data.classes)
    rows = network.table(recipe["slots"], data.shape, outputs, data.device)
    image = sum(row["multiply_accumulates"] for row in rows)
    # Backward, a layer computes two gradients.
    return 3 * recipe["budget"]["batch_size"] * image <= LITTLE[arithmetic.name]


class _Rung:
    """What the members of a rung share."""

    def __init__(self, recipe, data, arithmetic, keeper, watching, weights):
        self.recipe, self.data, self.arithmetic = recipe, data, arithmetic
        self.keeper, self.watching, self.clock = keeper, watching, Clock()
        self.begins = start.read(weights, recipe["budget"]["members"])
        self.weighted: Tensor | None = boosting.first(recipe, data)

    def member(self, number: int) -> Steps:
        """A member's training; without recording where its step can't be recorded."""
        try:
            return (yield from self._trained(number))
        except NotRecordable as why:
            self._record_no_more(str(why))
        return (yield from self._trained(number))

    def _trained(self, number: int) -> Generator[None, None, Member]:
        seen = of_member(self.data, self.recipe, number, self.weighted)
        saved = self.keeper.load(number)
        with self.watching(number, saved is not None) as watchers:
            told = watchers, saved, partial(self.keeper.save, number), self.begins[number]
            member = yield from steps(self.recipe, seen, number, self.arithmetic, *told, self.clock)
        self.weighted = boosting.after(self.recipe, self.data, member, self.weighted)
        return member

    def _record_no_more(self, why: str) -> None:
        technique = self.recipe["technique"]
        if self.recipe["cuda_graph"] is True:
            text = f"found true, but a step of {technique} can't be recorded ({why})"
            raise Problem(f"cuda_graph: {text}; say auto or false") from None
        if self.arithmetic.captured:
            text = "a step can't be recorded (%s); it is taken kernel by kernel"
            LOG.info(f"%s: {text}", technique, why)
        self.arithmetic = replace(self.arithmetic, captured=False)
