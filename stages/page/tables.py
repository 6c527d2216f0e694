"""The report's tables, from the files that the stages before have written; every number on the page stands in one of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from stages import files
from stages.scoring.statistics import combined_difference, difference, holm, mcnemar
from stages.scoring.verdicts import verdict
from stages.study.comparisons import comparisons, describe
from stages.study.schema import LADDER as OF_LADDER

LADDER = [
    "dataset", "rung", "kind", "group", "compared_with", "changed", "members", "diverged_members",
    "accuracy", "accuracy_low", "accuracy_high", "accuracy_std", "difference", "difference_low", "difference_high", "p", "p_corrected", "verdict",
    "loss", "calibration_error", "trainable_parameters", "all_parameters", "test_images",
]  # fmt: skip
DIFFERENCE = ["difference", "difference_low", "difference_high", "p"]
ENSEMBLES = ["dataset", "rung", "choice", "members", "accuracy"]
AGAINST_BEST = ["dataset", "rung", "of", "accuracy", "best_member", "best_accuracy", "difference", "ensemble_alone", "member_alone", "p"]


def all_tables(runs: Path) -> dict[str, pd.DataFrame]:
    """Every table of a study by its name, the data set in its first column.

    `ladder` has a row per rung; `cost` alone holds what a clock or a memory gauge measured.
    """
    study = files.read_json(runs / "study.json")
    trained, ensembles = study["ladder"] + study["beside"], [ensemble["name"] for ensemble in study["ensembles"]]
    curves = _gather(runs, study, trained, "curve.csv").rename(columns={"series": "member", "step": "epoch"})
    return {
        "ladder": ladder(study, runs),
        "attributes": attributes(study),
        "members": _gather(runs, study, trained + ensembles, "members.csv"),
        "history": _gather(runs, study, trained, "history.csv"),
        "curves": curves,
        "epochs": epochs(curves),
        "diagnostics": diagnostics(_gather(runs, study, trained, "diagnostics.csv")),
        "histograms": histograms(_gather(runs, study, trained, "histograms.csv")),
        "per_class": _gather(runs, study, trained + ensembles, "per_class.csv"),
        "confusion": _gather(runs, study, trained + ensembles, "confusion.csv"),
        "calibration": _gather(runs, study, trained + ensembles, "calibration.csv"),
        "robustness": robustness(_gather(runs, study, trained + ensembles, "robustness.csv")),
        "predictions": pd.concat([_predictions(runs, study, dataset) for dataset in study["datasets"]], ignore_index=True),
        "ensembles": _gather(runs, study, ensembles, "curve.csv", ENSEMBLES).rename(columns={"series": "choice", "step": "members"}),
        "against_best": pd.DataFrame(_against_best(runs, study), columns=AGAINST_BEST),
        "cost": cost(runs, study),
    }


def ladder(study: dict, runs: Path) -> pd.DataFrame:
    """One row per data set and rung: what it changes, its numbers, its difference from the rung that it is compared with, and the verdict.

    The p values are corrected for the number of all comparisons of the study.
    """
    table = pd.DataFrame([row for dataset in study["datasets"] for row in _ladder(study, runs / dataset, dataset)])
    table["p_corrected"] = holm([None if pd.isna(p) else p for p in table["p"]])
    table["verdict"] = [verdict(row) for row in table.itertuples()]
    return table.reindex(columns=LADDER)


def _ladder(study: dict, runs: Path, dataset: str) -> list[dict]:
    rows, correct, parameters = [], {}, {}
    for rung, below, changed, group in comparisons(study):
        correct[rung] = _correct(runs / rung)
        row = {"dataset": dataset, "rung": rung, "group": group, "compared_with": below, "changed": changed, **dict.fromkeys(DIFFERENCE)}
        row |= files.read_json(runs / rung / "metrics.json")
        if rung in study["techniques"]:
            parameters[rung] = files.read_json(runs / rung / "record.json")["parameters"]
            row |= {"kind": "trained" if group == OF_LADDER else "ablation"}
            compare = difference
        else:
            parameters[rung] = {key: value * len(correct[below]) for key, value in parameters[below].items()}
            row |= {"kind": "combined"}
            compare = combined_difference
        row |= {f"{key}_parameters": value for key, value in parameters[rung].items()}
        if below is not None:
            if below not in correct:
                correct[below] = _correct(runs / below)
            row |= dict(zip(DIFFERENCE, compare(correct[rung], correct[below]), strict=True))
        rows.append(row)
    return rows


def attributes(study: dict) -> pd.DataFrame:
    """Which slot is on in which trained rung, and how: a column per slot, empty where it is off."""
    techniques = {rung: study["techniques"][rung] for rung in study["ladder"] + study["beside"]}
    slots = list(dict.fromkeys(slot for technique in techniques.values() for slot in technique if slot != "budget"))
    rows = [
        {"rung": rung, **{slot: describe(slot, technique[slot]) if slot in technique else None for slot in slots}}
        for rung, technique in techniques.items()
    ]
    return pd.DataFrame([{"dataset": dataset, **row} for dataset in study["datasets"] for row in rows])


def epochs(curves: pd.DataFrame) -> pd.DataFrame:
    """Test accuracy after every epoch of each rung: mean, least and greatest over the members that have come so far."""
    grouped = curves.groupby(["dataset", "rung", "epoch"], sort=False)["accuracy"]
    return grouped.agg(members="count", mean="mean", least="min", greatest="max").reset_index()


def diagnostics(table: pd.DataFrame) -> pd.DataFrame:
    """What goes on in each layer at the start and at the end, over members: the means, and of the gradient the geometric one."""
    table["log_rms"] = np.log10(table["gradient_rms"].clip(lower=np.finfo(np.float32).tiny))
    grouped = table.groupby(["dataset", "rung", "moment", "layer", "kind", "units", "weights"], sort=False)
    columns = ["activation_mean", "activation_std", "constant_units", "gradient_norm"]
    made = grouped[[*columns, "log_rms"]].mean().reset_index()
    made["members"] = grouped.size().to_numpy()
    return made.assign(gradient_rms=10 ** made["log_rms"]).drop(columns="log_rms")


def histograms(table: pd.DataFrame) -> pd.DataFrame:
    """The first member's activations and gradients: a row per layer, `share_1` to `share_32` in bins of one width from `low` to `high`."""
    keys = ["dataset", "rung", "moment", "layer", "quantity"]
    table["bin"] = "share_" + (table.groupby(keys).cumcount() + 1).astype(str)
    ends = table.groupby(keys, sort=False).agg(low=("low", "min"), high=("high", "max"))
    shares = table.pivot(index=keys, columns="bin", values="share").reindex(ends.index)[list(dict.fromkeys(table["bin"]))]
    return ends.join(shares).reset_index()


def robustness(table: pd.DataFrame) -> pd.DataFrame:
    """Accuracy under each transformation of the images, over members: mean, least, greatest."""
    grouped = table.groupby(["dataset", "rung", "transform", "unit", "amount", "images"], sort=False)["accuracy"]
    return grouped.agg(members="count", mean="mean", least="min", greatest="max").reset_index()


def _predictions(runs: Path, study: dict, dataset: str) -> pd.DataFrame:
    """What each rung predicts for the test images that are shown: a row per image (its place in the test set) and rung.

    `prediction` is that of all members together (the class of their highest mean probability), `correct` the share of members whose own is
    the true class.
    """
    names = list(dict.fromkeys(pd.read_csv(runs / dataset / study["ladder"][0] / "per_class.csv", dtype={"class": str})["class"]))
    rows = []
    for rung in dict.fromkeys(rung for rung, *_ in comparisons(study)):
        with np.load(runs / dataset / rung / "images.npz") as shown:
            right = (shown["predicted"] == shown["truth"]).mean(axis=0)
            for i, index in enumerate(shown["index"].tolist()):
                row = {"dataset": dataset, "rung": rung, "index": index, "truth": names[shown["truth"][i]]}
                row |= {"prediction": names[shown["together"][i]], "confidence": float(shown["confidence"][i]), "correct": float(right[i])}
                rows.append(row | {"error": int(shown["error"][i])})
    return pd.DataFrame(rows)


def _against_best(runs: Path, study: dict) -> list[dict]:
    """Each ensemble beside the single member that the validation images would have chosen; both have answered the same test images."""
    rows = []
    for dataset in study["datasets"]:
        for ensemble in study["ensembles"]:
            history = pd.read_csv(runs / dataset / ensemble["of"] / "history.csv")
            if history["validation_accuracy"].isna().all():
                continue
            best = best_on_validation(history, "stopping" in study["techniques"][ensemble["of"]])
            [together], alone = _correct(runs / dataset / ensemble["name"]), _correct(runs / dataset / ensemble["of"])[best]
            row = {"dataset": dataset, "rung": ensemble["name"], "of": ensemble["of"], "accuracy": float(together.mean())}
            row |= {"best_member": best, "best_accuracy": float(alone.mean()), "difference": float(together.mean() - alone.mean())}
            row |= {"ensemble_alone": int((together & ~alone).sum()), "member_alone": int((alone & ~together).sum())}
            rows.append(row | {"p": mcnemar(together, alone)})
    return rows


def best_on_validation(history: pd.DataFrame, stops: bool) -> int:
    """The member whose judged epoch (the last; where it may stop early, that of the lowest validation loss) has the highest validation
    accuracy; of several, that of the lowest loss."""
    order = history.sort_values("validation_loss", ascending=False, kind="stable") if stops else history
    judged = order.groupby("member").tail(1)
    best = judged.sort_values(["validation_accuracy", "validation_loss", "member"], ascending=[False, True, True])
    return int(best["member"].iloc[0])


def _correct(run: Path) -> np.ndarray:
    """Which test images each member of a run correctly classified: [members, images] of bools."""
    with np.load(run / "scores.npz") as data:
        return data["scores"]


def _gather(runs: Path, study: dict, rungs: list[str], name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """The same CSV of several rungs as one table; without any rung, an empty one of these columns."""
    parts = []
    for dataset in study["datasets"]:
        for rung in rungs:
            part = pd.read_csv(runs / dataset / rung / name, dtype={"class": str, "truth": str, "prediction": str})
            parts.append(part.assign(dataset=dataset, rung=rung))
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)
    return table[["dataset", "rung", *(column for column in table.columns if column not in ("dataset", "rung"))]]


def cost(runs: Path, study: dict) -> pd.DataFrame:
    """What each trained rung took, as a clock and a memory gauge say, beside its accuracy; rungs numbered from 1."""
    rows = []
    for dataset in study["datasets"]:
        for number, rung in enumerate(study["ladder"] + study["beside"], start=1):
            run = runs / dataset / rung
            took, metrics = files.read_json(run / "cost.json"), files.read_json(run / "metrics.json")
            row = {"dataset": dataset, "number": number, "rung": rung, "accuracy": metrics["accuracy"]}
            rows.append(row | {"seconds_per_member": took["seconds"] / metrics["members"]} | took)
    return pd.DataFrame(rows)
