"""What layers tell, in sentences."""

from stages.page.text import join, percent, times, times_smaller, words
from stages.scoring.reasons import Change, Reason
from stages.study.options import explanation

GRADIENT = "the RMS gradient of the first layer's weights"
CONSTANT = "are constant over all images"


def why(reasons: list[Reason], techniques: dict) -> list[str]:
    """Why rungs stay at chance level; where the gradient fades, with what their activation does."""
    return [_why(reason, techniques[reason.rung]["activation"]) for reason in reasons]


def _why(reason: Reason, activation: dict) -> str:
    facts, explained = [], ""
    if reason.gradient is not None:
        facts.append(
            f"{GRADIENT} is {times_smaller(reason.gradient)} than that of the last layer's"
        )
        [name] = activation
        explained = f" Its activation, {words(name)}: {explanation('activation', name)}"
    if reason.signal is not None:
        facts.append(
            f"the standard deviation of the activations is {times_smaller(reason.signal)} "
            "in the last hidden layer than in the first"
        )
    if reason.constant_units is not None:
        facts.append(
            f"{percent(reason.constant_units)} of the units of the last hidden layer {CONSTANT}"
        )
    return f"{words(reason.rung)}, before training: {join(facts)}.{explained}"


def changed(changes: list[Change]) -> list[str]:
    """What rungs change inside the networks before training, against those that they are
    compared with."""
    pairs = [(f"{words(change.rung)} against {words(change.below)}", change) for change in changes]
    return [f"{pair}, before training: {join(_changed(change))}." for pair, change in pairs]


def _changed(change: Change) -> list[str]:
    facts = []
    if change.gradient is not None:
        larger = change.gradient > 1
        text = f"{times(change.gradient)} larger" if larger else times_smaller(change.gradient)
        facts.append(f"{GRADIENT} is {text}")
    if change.constant_units is not None:
        before, after = change.constant_units
        facts.append(
            f"{percent(after)} of the hidden units {CONSTANT}, instead of {percent(before)}"
        )
    return facts
