"""The training loop: a recipe and images in, a trained member with its history and predictions out.

Every random number comes from a generator of its own (randomness.py), and everything
that a later step depends on is in a training's state, so that a training can go on from
there and end in the same bytes.
"""

import math
import time
from collections.abc import Callable, Generator, Iterable
from functools import partial

from torch import Tensor

from stages.compute.lanes import lanes
from stages.techniques import bind
from stages.training import looks, robustness, side_by_side, start, states, trainable
from stages.training.data import images_per_epoch, of_budget
from stages.training.member import FLOAT32, Arithmetic, Data, Member, Watcher
from stages.training.randomness import generator, of_training
from stages.training.side_by_side import Clock, Steps
from stages.training.states import States
from stages.training.step import Step


class Training:
    """One member of a resolved recipe on its way, on the device where `data` lies."""

    def __init__(
        self,
        recipe: dict,
        data: Data,
        member: int,
        arithmetic: Arithmetic,
        begins: dict[str, Tensor] | None = None,
    ):
        slots, self.budget = recipe["slots"], recipe["budget"]
        seed, self.data, self.member = self.budget["seed"], data, member
        self.random = of_training(seed, member, data.device.type)
        drawn, self.boosts = generator(seed, member, "initialization"), "boosting" in slots
        self.learner = Step(recipe, data, drawn, self.random, arithmetic)
        if begins is not None:
            start.begin(self.learner.network, begins, start.how_much(recipe) or start.ALL)
        self.task = self.learner.task
        of_slot = bind("schedule", slots["schedule"]) if "schedule" in slots else None
        self.schedule = of_slot or (lambda epoch, losses, scores: 1.0)
        self.stops = bind("stopping", slots["stopping"]) if "stopping" in slots else None
        self.history: list[dict] = []
        self.epoch_predictions: list[Tensor] = []
        self.latest: tuple[Tensor, Tensor] | None = None
        self.best: dict[str, Tensor] | None = None
        self.seconds = 0.0
        self.looks = looks.Looks(self.learner, data, member)
        self.looks.look(looks.START, 0)
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.order_before = self.random["order"].get_state()
        self.step = 0
        self.learner.forget_sums()

    @property
    def losses(self) -> list[float]:
        """The validation losses of the epochs so far, infinite where there is none."""
        return _so_far(self.history, "validation_loss", math.inf)

    @property
    def ended(self) -> bool:
        """Whether the budget is used up, or the rule for stopping says so."""
        used_up = len(self.history) >= self.budget["epochs"]
        may_stop = self.stops is not None and len(self.history) > 0
        return used_up or (may_stop and self.stops(self.losses))

    def epoch(self, after_step: Callable[[], None] = lambda: None) -> Generator[None, None, dict]:
        """Train to the end of the epoch, judge what has been learned, and return the
        epoch's row of the history; yields wherever other trainings may go on."""
        learner = self.learner
        scores = _so_far(self.history, f"validation_{self.task.SCORE}", -math.inf)
        rate = learner.set_rate(self.schedule(len(self.history), self.losses, scores))
        of_epoch = of_budget(self.data, self.budget, self.random["order"])
        trainable.in_training(learner.network)
        for index in of_epoch[self.step :]:
            with self.looks.update(len(self.history) * len(of_epoch) + self.step + 1):
                learner.update(index)
            self.step += 1
            after_step()
            yield
        validation, test = self.latest = self._predict()
        # Whoever reads a number waits until it is there.
        yield
        row = {"member": self.member, "epoch": len(self.history) + 1, "learning_rate": rate}
        row |= learner.measured(sum(map(len, of_epoch)))
        self.history.append(row | _validated(self.task, validation, self.data.validation_targets))
        self.epoch_predictions.append(self.task.condensed(test))
        if self.stops is not None and self.losses.index(min(self.losses)) == len(self.losses) - 1:
            weights = learner.network.state_dict()
            self.best = {name: value.detach().clone() for name, value in weights.items()}
        self._begin_epoch()
        return self.history[-1]

    def _predict(self) -> tuple[Tensor, Tensor]:
        """The network's predictions, as it is now, for the validation and for the test images."""
        learner, data = self.learner, self.data
        return learner.predict(data.validation_images), learner.predict(data.test_images)

    def state(self) -> dict:
        """All that the rest of the training depends on."""
        random = {purpose: generator.get_state() for purpose, generator in self.random.items()}
        return self.learner.state() | {
            # The batches of an epoch that has begun are drawn again.
            "random": random | {"order": self.order_before},
            "history": self.history,
            "epoch_predictions": self.epoch_predictions,
            "best": self.best,
            "step": self.step,
            "seconds": self.seconds,
            "looks": self.looks.state(),
        }

    def restore(self, state: dict) -> None:
        """Go on from a state of the same recipe, data and member."""
        for purpose, value in state["random"].items():
            self.random[purpose].set_state(value)
        self.history, self.epoch_predictions = state["history"], state["epoch_predictions"]
        self.best = state["best"]
        self.latest = None
        self._begin_epoch()
        self.learner.restore(state)
        self.step, self.seconds = state["step"], state["seconds"]
        self.looks.restore(state["looks"])

    def result(self) -> Member:
        """The trained member; with a stopping rule, with its weights of lowest validation loss."""
        learner = self.learner
        if self.best is not None:
            learner.network.load_state_dict(self.best)
            self.latest = None
        # It holds the learner, as the learner holds it: the memory of both would be kept until
        # someone looks for such circles.
        learner.recorded = None
        per_epoch = self.data.in_batches(self.budget["batch_size"]) // self.budget["batch_size"]
        self.looks.look(looks.END, len(self.history) * per_epoch)
        validation, test = (predictions.cpu() for predictions in self.latest or self._predict())
        began, shown = time.monotonic(), slice(robustness.IMAGES)
        first = self.data.test_images[shown], test[shown]
        transformed = robustness.predictions(learner.predict, *first, self.task.KEPT_UNDER)
        robustness_seconds = time.monotonic() - began
        weights = learner.network.state_dict()
        return Member(
            weights={name: value.detach().cpu().contiguous() for name, value in weights.items()},
            trainable=sum(p.numel() for p in learner.parameters),
            history=self.history,
            epoch_predictions=self.epoch_predictions,
            validation_predictions=validation,
            test_predictions=test,
            robustness_predictions=transformed,
            layers=self.looks.layers,
            histograms=self.looks.histograms,
            seconds=self.seconds - self.looks.within,
            diagnostics_seconds=self.looks.seconds,
            robustness_seconds=robustness_seconds,
            images_per_epoch=images_per_epoch(self.data, self.budget),
            validation=self.data.validation,
            statistics=self.data.statistics,
            recorded=learner.arithmetic.captured,
            train_predictions=learner.predict(self.data.train_images) if self.boosts else None,
        )


def train_member(
    recipe: dict,
    data: Data,
    member: int,
    arithmetic: Arithmetic = FLOAT32,
    watchers: Iterable[Watcher] = (),
    saved: dict | None = None,
    save: Callable[[dict], None] = lambda state: None,
    begins: dict[str, Tensor] | None = None,
) -> Member:
    """Train member number `member` of a resolved recipe, from the weights `begins` where these are
    given; `watchers` are told how it goes.

    From time to time `save` is given a state; given back as `saved`, the training goes on from
    there, and ends in the same bytes.
    """
    told, clock = (watchers, saved, save, begins), Clock()
    alone = partial(steps, recipe, data, member, arithmetic, *told, clock)
    return side_by_side.results([alone], lanes(data.device), clock)[0]


def steps(
    recipe: dict,
    data: Data,
    member: int,
    arithmetic: Arithmetic,
    watchers: Iterable[Watcher],
    saved: dict | None,
    save: Callable[[dict], None],
    begins: dict[str, Tensor] | None,
    clock: Clock,
) -> Steps:
    """What `train_member` does, step by step; `clock` counts the seconds that are this member's."""
    training = Training(recipe, data, member, arithmetic, begins)
    kept = States(training, save, clock)
    if saved is not None:
        training.restore(saved)
    for watcher in watchers:
        watcher.start(training)
    while not training.ended:
        row = yield from training.epoch(after_step=lambda: kept.keep(states.WITHIN_AN_EPOCH))
        for watcher in watchers:
            watcher.epoch(row)
        kept.keep(0 if training.ended else kept.seldom_enough)
    return training.result()


def _so_far(history: list[dict], column: str, worst: float) -> list[float]:
    """A column of the history as numbers that can be compared: the worst where one is missing or
    not a number."""
    values = (row[column] for row in history)
    return [worst if value is None or math.isnan(value) else value for value in values]


def _validated(task, predictions: Tensor, targets: Tensor) -> dict:
    """Loss and score of the validation images, by the names of the history's columns; None where
    there are none."""
    loss, score = task.judged(predictions, targets) if len(targets) else (None, None)
    return {"validation_loss": loss, f"validation_{task.SCORE}": score}
