"""What training, diagnostics and robustness left of each member, over members."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages.page.tables.runs import gather
from stages.scoring.findings import judged
from stages.scoring.score import Score

KEYS = ["dataset", "rung"]


def of_training(runs: Path, study: dict, rungs: list[str], score: Score) -> dict[str, pd.DataFrame]:
    """The tables of trained rungs that tell how training went, and what went on inside."""
    curves = gather(runs, study, rungs, "curve.csv")
    curves = curves.rename(columns={"series": "member", "step": "epoch"})
    history = gather(runs, study, rungs, "history.csv")
    return {
        "history": history,
        "gaps": gaps(history, study, score),
        "curves": curves,
        "epochs": epochs(curves, score),
        "diagnostics": diagnostics(gather(runs, study, rungs, "diagnostics.csv")),
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
    """What goes on in each layer at the start and at the end, over members: the means, and of
    the gradient the geometric one."""
    table["log_rms"] = np.log10(table["gradient_rms"].clip(lower=np.finfo(np.float32).tiny))
    grouped = table.groupby(
        ["dataset", "rung", "moment", "layer", "kind", "units", "weights"], sort=False
    )
    columns = ["activation_mean", "activation_std", "constant_units", "gradient_norm"]
    made = grouped[[*columns, "log_rms"]].mean().reset_index()
    made["members"] = grouped.size().to_numpy()
    return made.assign(gradient_rms=10 ** made["log_rms"]).drop(columns="log_rms")


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
