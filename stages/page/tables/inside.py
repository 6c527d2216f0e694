"""What was measured inside every network, which limits it passes, and whether it tells the networks
that learned from the others."""

import pandas as pd

from stages.scoring.inside import COLUMNS, faults
from stages.scoring.reasons import learned, reasons
from stages.scoring.score import Score

NETWORK = ["dataset", "rung", "member"]


def of_networks(
    inside: pd.DataFrame, members: pd.DataFrame, ladder: pd.DataFrame, score: Score
) -> dict[str, pd.DataFrame]:
    """The tables `inside`, with whether each network learned, `faults` and `reasons` of a study,
    from what was measured, and its tables of members and of rungs."""
    chance = ladder.drop_duplicates(["dataset", "rung"]).set_index(["dataset", "rung"])["chance"]
    scores = members.set_index(NETWORK)[score.name].reindex(
        pd.MultiIndex.from_frame(inside[NETWORK])
    )
    levels = chance.reindex(pd.MultiIndex.from_frame(inside[NETWORK[:2]]))
    above = learned(scores.reset_index(drop=True), levels.reset_index(drop=True), score)
    networks = inside.assign(learned=above.to_numpy())[COLUMNS]
    return {"inside": networks, "faults": faults(networks), "reasons": reasons(networks)}
