"""Two rungs compared: the share of members that learned, and the score of those that did."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from stages.scoring.learning import counted, share_difference
from stages.scoring.statistics import combined_difference, difference, holm

# Of the score of the members that learned; and of the share that did: how many of the other rung's.
DIFFERENCE = ["difference", "difference_low", "difference_high", "p"]
LEARNED = ["compared_learned", "compared_members", "learned_difference", "learned_p"]


class Scored(NamedTuple):
    """A rung's scores [members, images], and which members have learned [members]."""

    scores: np.ndarray
    learned: np.ndarray

    @property
    def counted(self) -> np.ndarray:
        """The scores of the members that learned; of all, where none did."""
        return self.scores[counted(self.learned)]


def compare(above: Scored, below: Scored) -> dict[str, float | None]:
    """The columns DIFFERENCE and LEARNED of rung `above` minus `below`.

    There is no difference of scores where no member of one of them has learned, and no p value of
    the shares where all have, or of a single network.
    """
    found: dict[str, float | None] = dict.fromkeys([*DIFFERENCE, *LEARNED])
    shares = [float(rung.learned.mean()) for rung in (above, below)]
    found |= {"compared_learned": int(below.learned.sum())}
    found |= {"compared_members": len(below.learned), "learned_difference": shares[0] - shares[1]}
    if min(shares) > 0:
        both = difference(above.counted, below.counted)
        found |= dict(zip(DIFFERENCE, both, strict=True))
    if min(shares) < 1 and min(len(above.learned), len(below.learned)) > 1:
        counts = ((int(rung.learned.sum()), len(rung.learned)) for rung in (above, below))
        found["learned_p"] = share_difference(*counts)
    return found


def compare_combined(together: Scored, members: Scored) -> dict[str, float | None]:
    """The columns DIFFERENCE of an ensemble minus the mean of its own members that learned; none
    where no member has."""
    found: dict[str, float | None] = dict.fromkeys([*DIFFERENCE, *LEARNED])
    if members.learned.any():
        both = combined_difference(together.scores, members.counted)
        found |= dict(zip(DIFFERENCE, both, strict=True))
    return found


def corrected(
    rows: Iterable[tuple[float | None, float | None]],
) -> list[tuple[float | None, float | None]]:
    """The p values of scores and of shares, (p, learned_p) of each comparison, corrected for all
    of them together (Holm 1979)."""
    pairs = list(rows)
    flat = holm([p for pair in pairs for p in pair])
    return list(zip(flat[::2], flat[1::2], strict=True))
