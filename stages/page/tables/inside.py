"""What was measured inside every network, which limits it passes, and whether it tells the networks
that learned from the others."""

import pandas as pd

from stages.scoring.inside import COLUMNS, faults
from stages.scoring.reasons import reasons

NETWORK = ["dataset", "rung", "member"]


def of_networks(inside: pd.DataFrame, members: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables `inside`, with whether each network learned, `faults` and `reasons` of a study,
    from what was measured, and its table of members."""
    learned = members.set_index(NETWORK)["learned"]
    networks = inside.join(learned, on=NETWORK)[COLUMNS]
    return {"inside": networks, "faults": faults(networks), "reasons": reasons(networks)}
