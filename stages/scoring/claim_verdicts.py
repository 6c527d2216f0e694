"""The decks' claims, judged by what was measured."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from stages.scoring.chance import CONFIDENCE
from stages.scoring.claims import Claim
from stages.scoring.expectations import CANT_TELL
from stages.scoring.statistics import holm

REPRODUCED, NOT_REPRODUCED, NOT_COMPARABLE = "reproduced", "not reproduced", "not comparable"
ALPHA = 1 - CONFIDENCE


class Spread(NamedTuple):
    """A standard deviation, and the degrees of freedom with which it is known."""

    deviation: float
    freedom: float


class Compared(NamedTuple):
    """A claim beside the members' values, but for those of `diverged` ones; from epoch to epoch
    these stray by `restless`, where the claim is of a single epoch; the run departs from the deck
    by `departures`."""

    claim: Claim
    values: np.ndarray
    departures: list[str]
    restless: Spread | None = None
    diverged: int = 0

    @property
    def told_apart(self) -> bool:
        """Whether there is a test of the claim."""
        apart = self.claim.never or self.departures or self.claim.exact or self.diverged
        return not apart and self.spreads != []

    @property
    def spreads(self) -> list[Spread]:
        """By what one network's value strays: from network to network, of which the epochs are a
        part; so it is not less than what they do alone."""
        if len(self.values) < 2:
            return []
        networks = Spread(float(self.values.std(ddof=1)), len(self.values) - 1)
        return [networks] + ([self.restless] if self.restless else [])

    def margin(self, alpha: float) -> float:
        """How far from the mean one network more comes out at most, but for a share `alpha`."""
        wide = float(np.sqrt(1 + 1 / len(self.values)))
        margins = (-float(stdtrit(of.freedom, alpha / 2)) * of.deviation for of in self.spreads)
        return wide * max(margins)

    @property
    def p(self) -> float:
        """The alpha at which the prediction interval just reaches the claim."""
        mean, wide = float(self.values.mean()), np.sqrt(1 + 1 / len(self.values))
        away = max(self.claim.low - mean, mean - self.claim.high, 0.0)
        if away == 0:
            return 1.0
        scaled = [(away / (of.deviation * wide), of) for of in self.spreads if of.deviation > 0]
        return max((2 * float(stdtr(of.freedom, -times)) for times, of in scaled), default=0.0)


class Judgement(NamedTuple):
    """The verdict on a claim, why it is so, where one network more of ours would lie, the smallest
    distance from the claim that so many networks could have told, and the corrected p."""

    verdict: str
    why: str
    low: float | None = None
    high: float | None = None
    could_tell: float | None = None
    p: float | None = None


def judge(compared: Sequence[Compared]) -> list[Judgement]:
    """The verdicts on all claims that are set beside the runs of one study: those that can be
    tested are corrected together (Holm 1979), and their intervals and distances with them."""
    p = [of.p if of.told_apart else None for of in compared]
    found = zip(compared, holm(p), levels(p), strict=True)
    return [_judged(of, corrected, alpha) for of, corrected, alpha in found]


def levels(p: Sequence[float | None]) -> list[float]:
    """The level at which Holm's procedure decides on each of these p values, so that an interval
    at this level says what the verdict does: those that are not rejected share one level. For None
    it is uncorrected."""
    order = [place for _, place in sorted((of, i) for i, of in enumerate(p) if of is not None)]
    wrong = sum((of or 0.0) <= ALPHA for of in holm([p[place] for place in order]))
    found = [ALPHA] * len(p)
    for rank, place in enumerate(order):
        found[place] = ALPHA / (len(order) - min(rank, wrong))
    return found


def _judged(compared: Compared, p: float | None, alpha: float) -> Judgement:
    claim, count = compared.claim, len(compared.values)
    if count + compared.diverged == 0 or claim.never or compared.departures:
        why = claim.never or "; ".join(compared.departures) or "it was not measured here"
        return Judgement(NOT_COMPARABLE, why, *_interval(compared, alpha))
    if claim.exact:
        same = claim.low <= compared.values[0] <= claim.high
        said = (REPRODUCED, "the same count") if same else (NOT_REPRODUCED, "another count")
        return Judgement(*said)
    if compared.diverged or count == 1:
        return Judgement(CANT_TELL, _unknown(compared), *_interval(compared, alpha))
    margin = compared.margin(alpha)
    return Judgement(*_verdict(compared, p, margin), *_interval(compared, alpha), margin, p)


def _unknown(compared: Compared) -> str:
    if compared.diverged:
        return (
            f"{compared.diverged} of {len(compared.values) + compared.diverged} networks diverged"
        )
    return "a single network does not show how much others would differ from it"


def _verdict(compared: Compared, p: float, could_tell: float) -> tuple[str, str]:
    claim, mean = compared.claim, compared.values.mean()
    if p <= ALPHA:
        where = "above" if claim.low > mean else "below"
        why = f"the claim is {where} where a further network of ours would come out"
        return NOT_REPRODUCED, why
    if could_tell > claim.wrong_from:
        told = f"{len(compared.values)} networks can tell no less than {could_tell:.2g}"
        return CANT_TELL, f"{told}, and the claim is wrong from {claim.wrong_from:.2g} on"
    return REPRODUCED, "a further network of ours may well come out there"


def _interval(compared: Compared, alpha: float) -> tuple[float | None, float | None]:
    if len(compared.values) < 2:
        return None, None
    mean, margin = float(compared.values.mean()), compared.margin(alpha)
    low, high = max(mean - margin, 0.0), mean + margin
    return low, min(high, 1.0) if "accuracy" in compared.claim.quantity else high
