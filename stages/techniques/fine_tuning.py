"""Slot `fine_tuning`: how fast weights learn that were taken over from another rung.
`name(**options)` → their share of the learning rate."""

from stages.techniques.options import PositiveShare


def smaller_rate(*, factor: PositiveShare = 0.1) -> float:
    """Let what is taken over learn at `factor` times the learning rate, whatever its schedule
    (discriminative fine-tuning: Howard and Ruder 2018)."""
    return factor
