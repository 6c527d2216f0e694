"""Ensembles: how much a member more brings, whether all are worth more than the best one, and how
different they are; and what cross-validation says."""

from pathlib import Path

import pandas as pd

from stages.page.tables.runs import gather, scores
from stages.scoring.agreement import diversity
from stages.scoring.findings import best_on_validation, judged
from stages.scoring.score import Score
from stages.scoring.statistics import holm, sign_test


def members_combined(runs: Path, study: dict, score: Score) -> pd.DataFrame:
    """The score of each ensemble over 1..M members, for each choice of so many."""
    columns = ["dataset", "rung", "choice", "members", score.name]
    ensembles = [ensemble["name"] for ensemble in study["ensembles"]]
    return gather(runs, study, ensembles, "curve.csv", columns).rename(
        columns={"series": "choice", "step": "members"}
    )


def against_best(runs: Path, study: dict, score: Score) -> pd.DataFrame:
    """Each ensemble beside the single member that the validation images would have chosen, on
    the same test images; the p values are corrected for all of them."""
    counted = [
        "best_member",
        f"best_{score.name}",
        "difference",
        "ensemble_alone",
        "member_alone",
        "p",
        "p_corrected",
    ]
    pairs = [
        (dataset, ensemble) for dataset in study["datasets"] for ensemble in study["ensembles"]
    ]
    rows = [
        row
        for dataset, ensemble in pairs
        if (row := _against_best(runs / dataset, study, ensemble, score))
    ]
    for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_corrected"] = p
    return pd.DataFrame(rows, columns=["dataset", "rung", "of", score.name, *counted])


def _against_best(runs: Path, study: dict, ensemble: dict, score: Score) -> dict | None:
    """`ensemble_alone` and `member_alone` are the images that the one predicts better than the
    other. None without validation images, or where each member had others."""
    name, of = ensemble["name"], ensemble["of"]
    history = pd.read_csv(runs / of / "history.csv")
    if history[f"validation_{score.name}"].isna().all() or "split" in study["techniques"][of]:
        return None
    best = best_on_validation(history, "stopping" in study["techniques"][of], score)
    [together], alone = scores(runs / name), scores(runs / of)[best]
    pair = (together, alone) if score.higher_is_better else (alone, together)
    wins, losses, p = sign_test(*pair)
    row = {"dataset": runs.name, "rung": name, "of": of, score.name: float(together.mean())}
    row |= {
        "best_member": best,
        f"best_{score.name}": float(alone.mean()),
        "difference": float(together.mean() - alone.mean()),
    }
    return row | {"ensemble_alone": wins, "member_alone": losses, "p": p}


def how_different(runs: Path, study: dict) -> pd.DataFrame:
    """How different the members are that ensembles combine, by right and wrong test images; none of
    a single member, or of scores that are not right or wrong."""
    columns = ["dataset", "rung", "members", "disagreement", "error_correlation"]
    combined = dict.fromkeys(ensemble["of"] for ensemble in study["ensembles"])
    rows = []
    for dataset in study["datasets"]:
        for rung in combined:
            of = scores(runs / dataset / rung)
            if of.dtype == bool and len(of) > 1:
                rows.append([dataset, rung, len(of), *diversity(of)])
    return pd.DataFrame(rows, columns=columns)


def folds(runs: Path, study: dict, score: Score) -> pd.DataFrame:
    """The mean validation score over the folds of each rung that is cross-validated, and its
    standard error, as if folds were independent."""
    name = f"validation_{score.name}"
    rows = []
    for dataset in study["datasets"]:
        for rung in study["ladder"] + study["beside"]:
            technique = study["techniques"][rung]
            if "split" in technique:
                history = pd.read_csv(runs / dataset / rung / "history.csv")
                of = judged(history, "stopping" in technique)[name]
                rows.append([dataset, rung, len(of), of.mean(), of.sem()])
    return pd.DataFrame(rows, columns=["dataset", "rung", "folds", name, "standard_error"])
