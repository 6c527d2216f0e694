"""What was measured of a study's rungs, as predictions are judged by it."""

from dataclasses import dataclass, field

import numpy as np

from stages.scoring.estimates import Estimate, combined_contrast, contrast
from stages.scoring.learning import share_difference

ABSENT = np.array([np.nan])


@dataclass(frozen=True)
class Measured:
    """What one data set's rungs measured: {rung: {quantity: array as in estimates.py}}; of each
    ensemble the rung whose members it combines; of each group its rungs; of each rung how many of
    how many members learned."""

    values: dict[str, dict[str, np.ndarray]]
    combined: dict[str, str]
    groups: dict[str, list[str]]
    learned: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, rung: str, quantity: str) -> np.ndarray:
        """A quantity of a rung; one nan where it was not measured."""
        return self.values[rung].get(quantity, ABSENT)

    def contrast(self, one: str, other: str, quantity: str, factor: float = 1.0) -> Estimate:
        """A quantity of rung `one` minus `factor` times that of `other`."""
        above, below = self.of(one, quantity), self.of(other, quantity)
        if above.ndim == 2 and self.combined.get(one) == other:
            return combined_contrast(above, below, factor)
        if above.ndim == 2 and self.combined.get(other) == one:
            return combined_contrast(below, above, factor, sign=-1)
        return contrast(above, below, factor)

    def shares(self, one: str, other: str) -> tuple[float, float] | None:
        """The difference of the shares that learned, and its p value, where no member of one of
        two rungs learned, so that there is no score to compare; else None. An ensemble has no such
        share, so that nothing can be told of it there."""
        both = [self.learned.get(rung, (1, 1)) for rung in (one, other)]
        (above, members), (below, others) = both
        if min(above, below) == 0 and self.combined.keys() & {one, other}:
            return 0.0, 1.0
        if min(above, below) > 0 or min(members, others) < 2:
            return None
        return above / members - below / others, share_difference(*both)
