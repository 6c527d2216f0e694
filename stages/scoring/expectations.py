"""What a study's author predicts, judged by what was measured: held, not held, or can't tell.

Each prediction is judged on its own, by its 95 % interval: it held where that lies wholly inside
what was predicted, it did not where it lies wholly outside.
"""

from itertools import combinations

import numpy as np

from stages.scoring.chance import CONFIDENCE
from stages.scoring.estimates import Estimate, level, ratio_interval
from stages.scoring.measured import Measured
from stages.scoring.score import SHARES
from stages.scoring.statistics import score_interval

HELD, NOT_HELD, CANT_TELL = "held", "not held", "can't tell"
ALPHA = 1 - CONFIDENCE
COLUMNS = [
    "form", "rungs", "group", "quantity", "value", "low", "high", "members",
    "at_least", "at_most", "outcome",
]  # fmt: skip
Judged = tuple[list[str], float, float, float]


def judge(expected: dict, measured: Measured) -> dict:
    """The row of a prediction, as study.json has it: COLUMNS, but for the author's words.

    `value` lies at `low` to `high`: of `better` and `best` the difference from the (best) other
    one, of `range` the largest from the smallest mean. Both of these are true of all the rungs at
    once (Bonferroni). Where no member of one of two rungs learned, `better` is judged by the share
    that did, for the other's score says nothing of those that did not.
    """
    form, of = next((form, of) for key, form, of in FORMS if expected[key])
    rungs, value, *ends = of(expected, measured)
    bounds = [value, *_possible(form, expected["quantity"], ends)]
    counted = [measured.of(rung, expected["quantity"]) for rung in rungs]
    range_at_most = expected["range_at_most"]
    at_most = expected["at_most"] if range_at_most is None else range_at_most
    shares = measured.shares(*rungs) if form == "better" and counted[0].ndim == 2 else None
    if shares is not None:
        outcome, bounds = _by_shares(*shares), [value, np.nan, np.nan]
    elif form in ("better", "best"):
        outcome = _ranked(*bounds[1:], better(expected["quantity"]))
    else:
        outcome = decide(*bounds[1:], expected["at_least"], at_most)
    members = min(0 if array.ndim == 0 else len(array) for array in counted)
    said = [form, " ".join(rungs), expected["group"], expected["quantity"], *bounds, members]
    return dict(zip(COLUMNS, [*said, expected["at_least"], at_most, outcome], strict=True))


def _possible(form: str, quantity: str, ends: list[float]) -> list[float]:
    """The ends of an interval, cut off where a share, or a difference of shares, ends."""
    if form == "relative" or not quantity.endswith(SHARES):
        return ends
    return np.clip(ends, -1.0 if form in ("better", "difference", "best") else 0.0, 1.0).tolist()


def decide(low: float, high: float, at_least: float | None, at_most: float | None) -> str:
    """Whether an interval lies within bounds."""
    bottom = -np.inf if at_least is None else at_least
    top = np.inf if at_most is None else at_most
    if bottom <= low and high <= top:
        return HELD
    return NOT_HELD if high < bottom or low > top else CANT_TELL


def better(quantity: str) -> int:
    """What a difference of a quantity is multiplied by, so that more is better."""
    return -1 if quantity.endswith("_loss") else 1


def _ranked(low: float, high: float, sign: int) -> str:
    worst, best = sorted([sign * low, sign * high])
    if worst > 0:
        return HELD
    return NOT_HELD if best < 0 else CANT_TELL


def _by_shares(difference: float, p: float) -> str:
    """Whether more members of one rung learned than of another, of which one has none that did."""
    if p > ALPHA:
        return CANT_TELL
    return HELD if difference > 0 else NOT_HELD


def _level(expected: dict, measured: Measured) -> Judged:
    rung, quantity = expected["rung"], expected["quantity"]
    of = measured.of(rung, quantity)
    if of.ndim == 2 and len(of) > 1:
        return [rung], *score_interval(of, quantity.endswith(SHARES))
    estimate = level(of)
    return [rung], estimate.value, *estimate.interval()


def _better(expected: dict, measured: Measured) -> Judged:
    pair = [expected["rung"], expected["better_than"]]
    estimate = measured.contrast(*pair, expected["quantity"])
    return pair, estimate.value, *estimate.interval()


def _difference(expected: dict, measured: Measured) -> Judged:
    estimate = measured.contrast(*expected["difference"], expected["quantity"])
    return expected["difference"], estimate.value, *estimate.interval()


def _relative(expected: dict, measured: Measured) -> Judged:
    """By how much of b's value a differs from b; of accuracies, of the errors that b makes."""
    quantity, (one, other) = expected["quantity"], expected["difference"]
    share = quantity.endswith(SHARES)
    base = level(measured.of(other, quantity))
    if share:
        base = base._replace(value=1 - base.value)

    def remainder(ratio: float) -> Estimate:
        left = measured.contrast(one, other, quantity, 1 - ratio if share else 1 + ratio)
        return left._replace(value=left.value - ratio) if share else left

    return [one, other], *ratio_interval(remainder, base)


def _range(expected: dict, measured: Measured) -> Judged:
    rungs, quantity = measured.groups[expected["group"]], expected["quantity"]
    pairs = list(combinations(rungs, 2))
    found = [measured.contrast(*pair, quantity).interval(ALPHA / len(pairs)) for pair in pairs]
    means = [measured.of(rung, quantity).mean() for rung in rungs]
    low = np.max([np.max([low, -high, 0.0]) for low, high in found])
    high = np.max([np.max([-low, high]) for low, high in found])
    return rungs, float(np.max(means) - np.min(means)), low, high


def _best(expected: dict, measured: Measured) -> Judged:
    rung, quantity = expected["is"], expected["quantity"]
    others = [other for other in expected["best_of"] if other != rung]
    found = [measured.contrast(rung, other, quantity) for other in others]
    bounds = [estimate.interval(ALPHA / len(others)) for estimate in found]
    ends = zip([estimate.value for estimate in found], *zip(*bounds, strict=True), strict=True)
    least = np.min if better(quantity) > 0 else np.max
    return [rung, *others], *(float(least(column)) for column in zip(*ends, strict=True))


# The key that tells a form, its name, and how it is measured; the first that fits.
FORMS = [
    ("relative", "relative", _relative),
    ("difference", "difference", _difference),
    ("better_than", "better", _better),
    ("group", "range", _range),
    ("best_of", "best", _best),
    ("rung", "level", _level),
]
