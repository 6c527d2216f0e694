"""Which networks have learned.

A mean over networks that learned and networks that did not is the mean of neither. So a rung has
two quantities: the share of its members that learned, and the score of those that did.
"""

from functools import cache

import numpy as np
from scipy.special import bdtrc, betaincinv, stdtr

from stages.scoring.chance import CONFIDENCE
from stages.scoring.score import Score

# Of the way from chance level to a score without an error, so much is the least that counts.
LEAST = 0.05
# So seldom do test images alone lift a network that has learned nothing above chance level.
LUCK = 0.001


def learned(scores: np.ndarray, chance: float | None, score: Score) -> np.ndarray:
    """Which members, of scores [members, images], have learned: bools [members].

    They are better than chance level by more than the choice of test images explains in all but one
    case of a thousand (exact binomial test of right and wrong, else Student's t), and a share by 5
    % of what it could be better. Where there are too few images for the first, all must be right.
    All have, where nobody knows a chance level.
    """
    if chance is None:
        return np.ones(len(scores), dtype=bool)
    better = score.sign * (scores.mean(axis=1) - chance)
    least = LEAST * (1 - chance) if score.percent else 0.0
    return (better > least) & (_luck(scores, chance, score.sign) <= LUCK)


def counted(learned: np.ndarray) -> np.ndarray:
    """Which members a rung's score is the mean of: those that learned, or all, where none did."""
    return learned if learned.any() else np.ones(len(learned), dtype=bool)


def share_interval(learned: int, members: int) -> tuple[float, float]:
    """The bounds of the 95 % interval of the share that learns (Clopper and Pearson 1934)."""
    tail = (1 - CONFIDENCE) / 2
    low = betaincinv(learned, members - learned + 1, tail) if learned else 0.0
    high = betaincinv(learned + 1, members - learned, 1 - tail) if learned < members else 1.0
    return float(low), float(high)


@cache
def share_difference(above: tuple[int, int], below: tuple[int, int]) -> float:
    """The p value of no difference of two shares, each as (learned, members): Barnard's (1945)
    exact test, which is stronger than Fisher's, because neither margin is fixed beforehand."""
    # Here, because few studies need it, and the import takes half a second.
    from scipy.stats import barnard_exact

    pairs = [[learned, members - learned] for learned, members in (above, below)]
    if above[0] * below[1] == below[0] * above[1]:
        return 1.0
    return float(barnard_exact(np.transpose(pairs)).pvalue)


def _luck(scores: np.ndarray, chance: float, sign: int) -> np.ndarray:
    """How often a network at chance level would be as good as each member on so many images."""
    images = scores.shape[1]
    if scores.dtype == bool:
        right = scores.sum(axis=1)
        return np.where(right == images, 0.0, bdtrc(right - 1, images, chance))
    apart = sign * (scores.mean(axis=1) - chance)
    error = np.sqrt(scores.var(axis=1, ddof=1) / images)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, stdtr(images - 1, -apart / error), np.where(apart > 0, 0.0, 1.0))
