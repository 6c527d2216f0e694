"""Whether a run can be set beside a deck's claim: what it does otherwise."""

from typing import NamedTuple

from stages.scoring.claims import Claim

# What of the budget changes what is learned.
OF_BUDGET = ("batch_size", "validation", "shuffle", "drop_last")
# All decks are older than any other.
PRECISION = "float32"


class Trained(NamedTuple):
    """How a rung is trained, by a deck or by a run: on which data sets, with which whole budget, in
    which precision."""

    datasets: list[str]
    budget: dict
    precision: str = PRECISION


def departures(
    claim: Claim, deck: Trained, run: Trained, changed: list[str], said: list[str]
) -> list[str]:
    """What a run does otherwise than the deck: none where the claim can be compared. `changed` says
    which slots differ, `said` what the studies themselves say that touches the claim's quantity.

    How long a training would have gone on after the claim's epochs does not matter, nor how many
    members there are; a count of parameters minds neither budget nor precision.
    """
    [dataset] = run.datasets
    texts = (
        [] if dataset in deck.datasets else [f"{dataset} instead of {' or '.join(deck.datasets)}"]
    )
    if not claim.exact:
        texts += _of_budget(claim, deck.budget, run.budget)
        if run.precision != deck.precision:
            texts.append(f"computed in {run.precision} instead of {deck.precision}")
    texts += changed
    if not texts:
        return [text.strip().rstrip(".") for text in said]
    many = f"{len(said)} departure{'s' * (len(said) > 1)} that the study itself names"
    return texts + ([many] if said else [])


def _of_budget(claim: Claim, deck: dict, run: dict) -> list[str]:
    enough = claim.trained is not None and run["epochs"] >= claim.trained[1]
    compared = [*OF_BUDGET] + ([] if enough else ["epochs"])
    pairs = [(key, deck[key], run[key]) for key in compared]
    return [
        f"{key.replace('_', ' ')} {_in_words(after)} instead of {_in_words(before)}"
        for key, before, after in pairs
        if before != after
    ]


def _in_words(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
