"""What training, diagnostics and robustness left of each member, over members."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages.page.tables.runs import gather
from stages.scoring import inside
from stages.scoring.findings import judged
from stages.scoring.score import Score

KEYS = ["dataset", "rung"]
# What diagnostics.csv says of a layer, and of which the page shows how far members lie apart.
MEASURED = ["activation_mean", "activation_std", "constant_units", "dead_units", "saturated",
            "weight_rms", "gradient_norm", "gradient_rms", "update_ratio"]  # fmt: skip
WITH_RANGE = ["activation_std", "constant_units", "gradient_rms", "update_ratio"]


def of_training(runs: Path, study: dict, rungs: list[str], score: Score) -> dict[str, pd.DataFrame]:
    """The tables of trained rungs that tell how training went, and what went on inside."""
    curves = gather(runs, study, rungs, "curve.csv")
    curves = curves.rename(columns={"series": "member", "step": "epoch"})
    history = gather(runs, study, rungs, "history.csv")
    layers = gather(runs, study, rungs, "diagnostics.csv")
    return {
        "history": history,
        "gaps": gaps(history, study, score),
        "curves": curves,
        "epochs": epochs(curves, score),
        "diagnostics": diagnostics(layers),
        "inside": inside.measured(layers),
        "histograms": histograms(gather(runs, study, rungs, "histograms.csv")),
    }


def epochs(curves: pd.DataFrame, score: Score) -> pd.DataFrame:
    """Test score after every epoch of each rung: mean, least and greatest over the members that
    have come so far."""
    return _over_members(curves, ["dataset", "rung", "epoch"], score)


def gaps(history: pd.DataFrame, study: dict, score: Score) -> pd.DataFrame:
    """Of each validated rung the training and the validation score of the epochs that its members
    are judged by, and their gap: means over members, and the gap's standard deviation."""
    names = train, validation = f"train_{score.name}", f"validation_{score.name}"
    rows = []
    for (dataset, rung), part in history.groupby(KEYS, sort=False):
        of = judged(part, "stopping" in study["techniques"][rung]).dropna(subset=names)
        if of.empty:
            continue
        gap = of[train] - of[validation]
        means = of[train].mean(), of[validation].mean(), gap.mean()
        rows.append([dataset, rung, len(of), *means, gap.std()])
    return pd.DataFrame(rows, columns=[*KEYS, "members", *names, "train_minus_validation", "std"])


def robustness(table: pd.DataFrame, members: pd.DataFrame, score: Score) -> pd.DataFrame:
    """Score under each transformation of the images, over the members that a rung's score is the
    mean of: mean, least, greatest."""
    best = members.groupby(KEYS)["learned"].transform("max")
    kept = members.loc[members["learned"] == best, [*KEYS, "member"]]
    table = table.merge(kept, on=[*KEYS, "member"])
    return _over_members(table, [*KEYS, "transform", "unit", "amount", "images"], score)


def _over_members(table: pd.DataFrame, keys: list[str], score: Score) -> pd.DataFrame:
    grouped = table.groupby(keys, sort=False)[score.name]
    return grouped.agg(members="count", mean="mean", least="min", greatest="max").reset_index()


def diagnostics(table: pd.DataFrame) -> pd.DataFrame:
    """What goes on in each layer at the start, on the way and at the end, over members: medians of
    those that are finite, how many are, and between which values some of them lie."""
    ended = table["moment"] == "end"
    # Members that stop early end after different steps.
    last = table.groupby(KEYS)["step"].transform("max")
    table = table.assign(step=table["step"].where(~ended, last))
    values = table[MEASURED].astype(float).replace([np.inf, -np.inf], np.nan)
    table = table.assign(**values)
    keys = ["dataset", "rung", "moment", "step", "layer", "kind", "units", "weights"]
    grouped = table.groupby(keys, sort=False)
    made = grouped[MEASURED].median()
    made["members"], made["finite"] = grouped.size(), grouped["activation_std"].count()
    for name in WITH_RANGE:
        made[f"{name}_least"], made[f"{name}_greatest"] = grouped[name].min(), grouped[name].max()
    return made.reset_index()


def histograms(table: pd.DataFrame) -> pd.DataFrame:
    """The first member's activations and gradients: a row per layer, `share_1` to `share_32` in
    bins of one width from `low` to `high`."""
    keys = ["dataset", "rung", "moment", "layer", "quantity"]
    table["bin"] = "share_" + (table.groupby(keys).cumcount() + 1).astype(str)
    ends = table.groupby(keys, sort=False).agg(low=("low", "min"), high=("high", "max"))
    shares = table.pivot(index=keys, columns="bin", values="share").reindex(ends.index)[
        list(dict.fromkeys(table["bin"]))
    ]
    return ends.join(shares).reset_index()
