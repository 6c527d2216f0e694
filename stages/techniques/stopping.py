"""Slot `stopping`: when a training ends before its budget does.
`name(losses, **options)` → whether to stop now.

`losses` are the validation losses of the epochs so far. A member that may stop is judged by the
weights of the epoch of its lowest one.
"""

from collections.abc import Sequence

from stages.techniques.options import Count


def early(losses: Sequence[float], *, patience: Count) -> bool:
    """Stop when the validation loss has not reached a new low for `patience` epochs, and take
    the weights of its lowest."""
    return len(losses) - 1 - losses.index(min(losses)) >= patience
