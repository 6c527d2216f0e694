"""How often the report would take luck for an effect, and how often find one that is there.

`python -m benchmarks.false_alarms` makes up studies whose truth is known and prints the tables of
docs/statistics.md: ten rungs, each with networks whose accuracies scatter from start to start
around the rung's own, or which fail to learn and predict one class. Whether a network classifies an
image correctly depends on the image (for all rungs alike), on rung and image together, and on
chance. All is judged by the functions that judge the ladder.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from stages.scoring.comparing import Scored, compare, corrected
from stages.scoring.learning import learned, share_interval
from stages.scoring.statistics import score_interval
from stages.scoring.statistics import share_interval as of_images
from stages.scoring.tasks.classification import SCORE

RUNGS, STUDIES, CLASSES, ALPHA = 10, 1000, 10, 0.05
ACCURACY, DEVIATION = 0.92, 0.01
# Where a rung makes hardly an error on a few hundred images.
FEW_ERRORS = 0.997
# Shares of the variance of an image's hardness: for all rungs alike, for a rung, for a network.
SHARED, OF_RUNG, OF_NETWORK = 0.6, 0.2, 0.2
KINDS = ("normal", "heavy-tailed", "tied", "few errors")
MEMBERS = (2, 3, 4, 5, 7, 10, 15, 20)


def accuracies(
    random: np.random.Generator, kind: str, members: int, deviation: float, effects: np.ndarray
) -> np.ndarray:
    """The accuracy of each network, [rungs, members]: rung k's is higher than that of k - 1 by
    `effects[k]`; it scatters by `deviation`."""
    shape = len(effects), members
    # Student's t with three degrees of freedom has a variance of 3.
    heavy = kind == "heavy-tailed"
    spread = random.standard_t(3, shape) / 3**0.5 if heavy else random.normal(size=shape)
    found = ACCURACY + np.cumsum(effects)[:, None] + deviation * spread
    if kind == "tied":
        found = np.round(found, 2)
    if kind == "few errors":
        found = np.full(shape, FEW_ERRORS)
    return np.clip(found, 0.01, 0.9999)


def study(
    random: np.random.Generator, accuracy: np.ndarray, images: int, failing: float
) -> list[Scored]:
    """What each network of such an accuracy, [rungs, members], classifies correctly; each fails
    to learn with probability `failing`, and predicts one class."""
    rungs, members = accuracy.shape
    draws = (1, 1), (rungs, 1), (rungs, members)
    hardness = sum(
        np.float32(share**0.5) * random.standard_normal((*shape, images), np.float32)
        for share, shape in zip((SHARED, OF_RUNG, OF_NETWORK), draws, strict=True)
    )
    right = hardness < ndtri(accuracy)[:, :, None]
    truth = random.integers(0, CLASSES, images)
    of_one_class = truth == random.integers(0, CLASSES, (rungs, members, 1))
    failed = random.random((rungs, members, 1)) < failing
    right = np.where(failed, of_one_class, right)
    chance = np.bincount(truth).max() / images
    return [Scored(of, learned(of, chance, SCORE)) for of in right]


def found(rungs: list[Scored]) -> np.ndarray:
    """What the report would say of each rung against the one before: 1 or -1 where it is better or
    worse in the share that learned or in the accuracy of those that did, or 0."""
    rows = [compare(above, below) for below, above in pairwise(rungs)]
    said = []
    for row, both in zip(rows, corrected((r["p"], r["learned_p"]) for r in rows), strict=True):
        differences = row["difference"], row["learned_difference"]
        sure = [p is not None and p <= ALPHA for p in both]
        said.append(max(np.sign(d) for d in differences if d is not None) if any(sure) else 0)
    return np.array(said)


def false_alarms(
    kind: str,
    members: int,
    images: int,
    failing: float = 0.0,
    studies: int = STUDIES,
    seed: int = 0,
) -> tuple[float, float, float]:
    """The share of studies of equally good rungs in which any is called better or worse; and how
    often the intervals of the share that learns, and of the accuracy of those that do, hold the
    truth (of rungs of which two learned or more)."""
    random, nothing = np.random.default_rng(seed), np.zeros(RUNGS)
    truth = FEW_ERRORS if kind == "few errors" else ACCURACY
    alarms, shares, scores = [], [], []
    for _ in range(studies):
        of = accuracies(random, kind, members, DEVIATION, nothing)
        rungs = study(random, of, images, failing)
        alarms.append(found(rungs).any())
        for rung in rungs[:3]:
            low, high = share_interval(int(rung.learned.sum()), members)
            shares.append(low <= 1 - failing <= high)
            if rung.learned.sum() > 1:
                _, low, high = score_interval(rung.counted, SCORE.percent)
                scores.append(low <= truth <= high)
    return tuple(float(np.mean(of)) for of in (alarms, shares, scores))


def power(
    members: int,
    images: int,
    deviation: float,
    effect: float,
    studies: int = STUDIES // 4,
    seed: int = 1,
) -> float:
    """The share of studies in which the one rung that is better by `effect` is called better."""
    random, effects = np.random.default_rng(seed), np.eye(RUNGS)[RUNGS // 2] * effect
    sure = []
    for _ in range(studies):
        of = accuracies(random, "normal", members, deviation, effects)
        sure.append(found(study(random, of, images, 0.0))[RUNGS // 2 - 1] > 0)
    return float(np.mean(sure))


def alarms_table(images: int) -> Iterator[str]:
    """A row for each kind of study, a column for each number of members: false alarms in %, and the
    upper end of their 95 % interval; then how often, at least, both intervals hold the truth."""
    heads = ["networks", *(f"n = {members}" for members in MEMBERS)]
    yield f"| {' | '.join([*heads, 'share that learns', 'accuracy'])} |"
    yield "|---" * (len(MEMBERS) + 3) + "|"
    cases = [(kind, 0.0, kind) for kind in KINDS]
    cases += [("normal", p, f"{100 * p:.0f} % fail") for p in (0.1, 0.2, 0.3, 0.4, 0.5)]
    for kind, failing, called in cases:
        found = [false_alarms(kind, members, images, failing) for members in MEMBERS]
        texts = []
        for alarms, *_ in found:
            _, _, high = of_images(alarms, STUDIES)
            texts.append(f"{100 * alarms:.1f} ({100 * high:.1f})")
        texts += [f"{100 * min(of[place] for of in found):.1f} %" for place in (1, 2)]
        yield f"| {called} | {' | '.join(texts)} |"


def power_table() -> Iterator[str]:
    """A row for each number of images and members and standard deviation: how often a rung that is
    better by 1, 3 and 5 points is found, in %."""
    yield (
        "| test images | n | standard deviation, points | +1 point found | +3 points | +5 points |"
    )
    yield "|---|---|---|---|---|---|"
    for images in (360, 10_000):
        for members in (3, 5, 10):
            for deviation in (0.005, 0.01, 0.02, 0.05):
                shares = [power(members, images, deviation, by) for by in (0.01, 0.03, 0.05)]
                texts = [f"{100 * share:.0f} %" for share in shares]
                row = f"{images:,} | {members} | {100 * deviation:g} | {' | '.join(texts)}"
                yield f"| {row} |"


def main() -> None:
    """Print the tables of docs/statistics.md."""
    for images in (360, 797, 10_000):
        print(f"{images:,} test images:\n")
        for line in alarms_table(images):
            print(line, flush=True)
        print()
    for line in power_table():
        print(line, flush=True)


if __name__ == "__main__":
    main()
