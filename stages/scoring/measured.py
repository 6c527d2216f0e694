"""What was measured of a study's rungs, as predictions are judged by it."""

from dataclasses import dataclass

import numpy as np

from stages.scoring.estimates import Estimate, combined_contrast, contrast

ABSENT = np.array([np.nan])


@dataclass(frozen=True)
class Measured:
    """What one data set's rungs measured: {rung: {quantity: array as in estimates.py}}; of each
    ensemble the rung whose members it combines; of each group its rungs."""

    values: dict[str, dict[str, np.ndarray]]
    combined: dict[str, str]
    groups: dict[str, list[str]]

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
