"""The report's tables, from the files that the stages before have written; every number on the page stands in one of them."""

from pathlib import Path

import pandas as pd

from stages import files
from stages.signatures import options
from stages.statistics import difference_interval

LADDER = [
    "dataset", "rung", "kind", "compared_with", "changed", "members", "diverged_members", "accuracy", "accuracy_low", "accuracy_high",
    "accuracy_std", "difference", "difference_low", "difference_high", "loss", "trainable_parameters", "all_parameters", "test_images",
]  # fmt: skip


def all_tables(runs: Path) -> dict[str, pd.DataFrame]:
    """Every table of a study by its name, the data set in its first column.

    `ladder` has a row per rung; `cost` alone holds what a clock or a memory gauge measured.
    """
    study = files.read_json(runs / "study.json")
    trained, ensembles = study["ladder"] + study["ablations"]["rungs"], [ensemble["name"] for ensemble in study["ensembles"]]
    return {
        "ladder": pd.concat([ladder(study, runs / dataset, dataset) for dataset in study["datasets"]], ignore_index=True)[LADDER],
        "members": _gather(runs, study, trained + ensembles, "members.csv"),
        "history": _gather(runs, study, trained, "history.csv"),
        "curves": _gather(runs, study, trained, "curve.csv").rename(columns={"series": "member", "step": "epoch"}),
        "ensembles": _gather(runs, study, ensembles, "curve.csv").rename(columns={"series": "choice", "step": "members"}),
        "per_class": _gather(runs, study, trained + ensembles, "per_class.csv"),
        "confusion": _gather(runs, study, trained + ensembles, "confusion.csv"),
        "cost": _cost(runs, study),
    }


def ladder(study: dict, runs: Path, dataset: str) -> pd.DataFrame:
    """One row per rung of a data set: what it changes, its numbers, and its difference from the rung that it is compared with."""
    rows, accuracies, parameters = [], {}, {}
    for rung, below, changed in comparisons(study):
        members = pd.read_csv(runs / rung / "members.csv")
        accuracies[rung] = members["accuracy"].to_numpy()
        row = {
            "dataset": dataset,
            "rung": rung,
            "compared_with": below,
            "changed": changed,
            **files.read_json(runs / rung / "metrics.json"),
        }
        if rung in study["techniques"]:
            parameters[rung] = files.read_json(runs / rung / "record.json")["parameters"]
            row |= {"kind": "trained" if rung in study["ladder"] else "ablation"}
        else:
            count = len(accuracies[below])
            parameters[rung] = {key: value * count for key, value in parameters[below].items()}
            row |= {"kind": "combined"}
        row |= {f"{key}_parameters": value for key, value in parameters[rung].items()}
        if below is not None:
            row |= dict(zip(LADDER[11:14], difference_interval(accuracies[rung], accuracies[below]), strict=True))
        rows.append(row)
    return pd.DataFrame(rows, columns=LADDER)


def comparisons(study: dict) -> list[tuple[str, str | None, str]]:
    """(rung, the rung that it is compared with, what changes), in the order of the page."""
    rungs: list[tuple[str, str | None, str]] = []
    below = None
    for rung in study["ladder"]:
        changed = "; ".join(changes(study["techniques"].get(below, {}), study["techniques"][rung])) or "nothing"
        rungs.append((rung, below, changed))
        below = rung
    of = study["ablations"]["of"]
    for rung in study["ablations"]["rungs"]:
        changed = "; ".join(changes(study["techniques"][of], study["techniques"][rung])) or "nothing"
        rungs.append((rung, of, changed))
    how = {"majority": "majority vote", "mean": "mean of the softmax outputs"}
    return rungs + [(e["name"], e["of"], f"{how[e['combine']]} of the members of {e['of']}") for e in study["ensembles"]]


def changes(below: dict, above: dict) -> list[str]:
    """What the resolved slots `above` change in those `below`, in words; of the first rung, all that it is."""
    texts = []
    if above.get("budget", {}) != below.get("budget", {}):
        texts.append(f"a budget of its own: {own_budget(above)}" if "budget" in above else "the study's budget")
    for slot in sorted((below.keys() | above.keys()) - {"budget"}):
        if slot not in below:
            texts.append(f"{slot}: {describe(slot, above[slot])}")
        elif slot not in above:
            texts.append(f"{slot}: no {describe(slot, below[slot])}")
        elif isinstance(above[slot], dict) and above[slot].keys() == below[slot].keys():
            texts += _changed_options(slot, below[slot], above[slot])
        elif below[slot] != above[slot]:
            texts.append(f"{slot}: {describe(slot, below[slot])} → {describe(slot, above[slot])}")
    return texts


def _changed_options(slot: str, below: dict, above: dict) -> list[str]:
    """Of the same name, the options that changed: `network: basic, width 32 → 16`; nothing where none did."""
    [name] = above
    changed = [f"{key} {below[name][key]:g} → {value:g}" for key, value in sorted(above[name].items()) if below[name][key] != value]
    return [f"{slot}: {name}, {', '.join(changed)}"] if changed else []


def own_budget(technique: dict) -> str:
    """The values of the budget that a resolved technique has for itself, in words; empty where it has none."""
    return ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in technique.get("budget", {}).items())


def describe(slot: str, choice: dict | list) -> str:
    """A resolved choice in words, without the options that have their default: `sgd (learning_rate 0.1)`."""
    if isinstance(choice, list):
        return ", ".join(describe(slot, item) for item in choice)
    [(name, given)] = choice.items()
    defaults = {key: field.default for key, field in options(slot, name).model_fields.items()}
    told = [f"{key} {value:g}" for key, value in sorted(given.items()) if value != defaults[key]]
    return name + (f" ({', '.join(told)})" if told else "")


def _gather(runs: Path, study: dict, rungs: list[str], name: str) -> pd.DataFrame:
    """The same CSV of several rungs as one table."""
    parts = []
    for dataset in study["datasets"]:
        for rung in rungs:
            part = pd.read_csv(runs / dataset / rung / name, dtype={"class": str, "truth": str, "prediction": str})
            parts.append(part.assign(dataset=dataset, rung=rung))
    if not parts:
        return pd.DataFrame(columns=["dataset", "rung", "series", "step", "accuracy"])
    table = pd.concat(parts, ignore_index=True)
    return table[["dataset", "rung", *(column for column in table.columns if column not in ("dataset", "rung"))]]


def _cost(runs: Path, study: dict) -> pd.DataFrame:
    costs = [(dataset, rung) for dataset in study["datasets"] for rung in study["ladder"] + study["ablations"]["rungs"]]
    return pd.DataFrame([{"dataset": d, "rung": r, **files.read_json(runs / d / r / "cost.json")} for d, r in costs])


def headline(table: pd.DataFrame, classes: int) -> list[str]:
    """What one data set's ladder shows, in sentences: the best rung, where nothing is learned, the largest step, and what did harm."""
    trained = table[table["kind"] == "trained"]
    best = table.loc[table["accuracy"].idxmax()]
    left_out = table[table["kind"] == "ablation"].dropna(subset="difference_low")
    sentences = [f"The best rung is {words(best.rung)}: {accuracy_text(best)} of the test images are named rightly."]
    if best.kind == "combined":
        single = trained.loc[trained["accuracy"].idxmax()]
        sentences[0] += f" That is an ensemble; the best technique by itself is {words(single.rung)}, {accuracy_text(single)}."
    chance = 1 / classes
    near_chance = trained[trained["accuracy_low"] <= chance]
    asleep = near_chance[near_chance["accuracy"] < 1.5 * chance]
    if len(asleep):
        sentences.append(f"At the level of guessing ({100 * chance:.0f} %), so without having learned: {join(asleep['rung'])}.")
    for row in near_chance[near_chance["accuracy"] >= 1.5 * chance].itertuples():
        sentences.append(f"Learns from some random starts and not from others: {words(row.rung)}, {accuracy_text(row)}.")
    compared = trained.dropna(subset="difference")
    real = compared[(compared["difference_low"] > 0) & compared["difference_low"].notna()]
    if len(real):
        step = real.loc[real["difference"].idxmax()]
        change = "" if step.changed.count("; ") > 1 else f" ({step.changed})"
        sentences.append(f"The largest step up is {words(step.rung)}: {points_text(step)} against {words(step.compared_with)}{change}.")
    harm = compared[compared["difference_high"] < 0]
    if len(harm):
        listed = join([f"{row.rung} ({points_text(row)})" for row in harm.itertuples()])
        sentences.append(f"A step down, here: {listed}.")
    unclear = compared[(compared["difference_low"] <= 0) & (compared["difference_high"] >= 0)]
    if len(unclear):
        sentences.append(f"No evidence of a difference from the rung before: {join(unclear['rung'])}.")
    needed = left_out[left_out["difference_high"] < 0].sort_values("difference")
    if len(needed):
        listed = join([f"{row.rung} ({points_text(row)})" for row in needed.itertuples()])
        sentences.append(f"Worse than {words(needed.iloc[0].compared_with)} when one idea is left out: {listed}.")
    spare = left_out[left_out["difference_high"] >= 0]
    if len(spare):
        sentences.append(f"Not worse than {words(spare.iloc[0].compared_with)}, as far as can be seen: {join(spare['rung'])}.")
    return sentences


def verdict(row) -> str:
    """What the interval of a rung's difference says."""
    if pd.isna(row.difference):
        return "the first rung"
    if pd.isna(row.difference_low):
        return "one value: no interval"
    if row.difference_low > 0:
        return "better"
    return "worse" if row.difference_high < 0 else "no evidence of a difference"


def accuracy_text(row) -> str:
    """`91.2 % (90.1 to 92.3, n = 5)`."""
    return f"{100 * row.accuracy:.1f} % ({100 * row.accuracy_low:.1f} to {100 * row.accuracy_high:.1f}, n = {row.members})"


def quantity_text(row) -> str:
    """What a row of the claims' table measured, and where one network more would lie: `0.6910 (one more: 0.6850 to 0.6970, n = 5)`."""
    if row.members == 0:
        return "–"
    if "parameters" in row.quantity:
        return f"{row.measured:,.0f}"
    spread = "" if pd.isna(row.next_low) else f"one more: {row.next_low:.4g} to {row.next_high:.4g}; "
    return f"{row.measured:.4g} ({spread}n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{row.members})"


def signed(share: float) -> str:
    """A difference of shares in points, with its sign: `+3.1`, `−0.5`."""
    return f"{100 * share:+.1f}".replace("-", "−")


def points_text(row) -> str:
    """`+3.1 points (+1.0 to +5.2)`, or without an interval where there is none."""
    if pd.isna(row.difference_low):
        return f"{signed(row.difference)} points"
    return f"{signed(row.difference)} points ({signed(row.difference_low)} to {signed(row.difference_high)})"


def words(rung: str) -> str:
    """A rung's name as a reader reads it."""
    return rung.replace("_", " ")


def join(names) -> str:
    """`a`, `a and b`, `a, b and c`."""
    names = [words(name) for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
