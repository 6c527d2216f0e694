"""Every table of a study's report, computed anew: a function for each, by the table's name, that
gives its rows with all their columns."""

import hashlib
import math
from collections.abc import Callable, Iterator
from itertools import combinations

import audited_data
import audited_inside
import audited_predictions
import audited_runs
import numpy as np
from audited_files import TEXT, Run, Study, number, read, rows
from audited_numbers import (
    barnard,
    difference,
    ensemble_gain,
    holm,
    mcnemar,
    verdict,
)

COMPARED = ["difference", "difference_low", "difference_high", "p"]
SHARES = ["compared_learned", "compared_members", "learned_difference", "learned_p"]
FIRST_OF = {"trained": "the first rung", "beside": "the reference", "apart": "compared with none"}


def compared(study: Study) -> Iterator[tuple[str, str | None, str, str]]:
    """Each row of the ladder's table: rung, what it is compared with, kind, group."""
    said, seen = study.said, set(study.said["ladder"])
    below = [None, *said["ladder"][:-1]]
    for rung, before in zip(said["ladder"], below, strict=True):
        yield rung, before, "trained", "ladder"
    for group in said["comparisons"]:
        seen |= set(group["rungs"])
        before = [None, *group["rungs"]]
        for rung, below in zip(group["rungs"], before, strict=False):
            against = below if group["against"] == "previous" else group["against"]
            yield rung, None if against == rung else against, "beside", group["title"]
    for rung in said["beside"]:
        if rung not in seen:
            yield rung, None, "apart", "beside"
    yield from ((name, of, "combined", "ensembles") for name, of in study.combined.items())


def contrast(above: Run, below: Run) -> dict:
    """The share of networks that learned and the accuracy of those, of two rungs."""
    has = [audited_runs.able(run) for run in (above, below)]
    shares = [float(of.mean()) for of in has]
    found = dict.fromkeys([*COMPARED, *SHARES])
    found |= {"compared_learned": int(has[1].sum()), "compared_members": len(has[1])}
    found["learned_difference"] = shares[0] - shares[1]
    if min(shares) > 0:
        both = difference(above.right[has[0]], below.right[has[1]])
        found |= dict(zip(COMPARED, both, strict=True))
    if min(shares) < 1 and min(map(len, has)) > 1:
        found["learned_p"] = barnard(*((int(of.sum()), len(of)) for of in has))
    return found


def _of_comparison(study: Study, dataset: str, rung: str, below: str | None, kind: str) -> dict:
    if below is None:
        return dict.fromkeys([*COMPARED, *SHARES])
    above, other = study.run(dataset, rung), study.run(dataset, below)
    if kind != "combined":
        return contrast(above, other)
    has = audited_runs.able(other)
    gain = ensemble_gain(above.right, other.right[has]) if has.any() else (None,) * 4
    return dict.fromkeys(SHARES) | dict(zip(COMPARED, gain, strict=True))


def corrected(found: list[dict], pairs: list) -> None:
    """Add Holm's p values of all comparisons, each counted once in however many groups it is."""
    once = dict(zip(pairs, found, strict=True))
    both = holm([row[name] for row in once.values() for name in ("p", "learned_p")])
    known = dict(zip(once, zip(both[::2], both[1::2], strict=True), strict=True))
    for pair, row in zip(pairs, found, strict=True):
        row["p_corrected"], row["learned_p_corrected"] = known[pair]


def _judged(row: dict, below: str | None, kind: str) -> str:
    if below is None:
        return FIRST_OF[kind]
    p, share_p = row["p_corrected"], row["learned_p_corrected"]
    if p is None and share_p is None:
        return "can't tell" if kind == "combined" else "one network: no verdict"
    return verdict(row["difference"] or 0.0, p, row["learned_difference"] or 0.0, share_p)


def ladder(study: Study) -> list[dict]:
    places = [(of, *row) for of in study.datasets for row in compared(study)]
    found = [_of_comparison(study, of, *row[:3]) for of, *row in places]
    corrected(found, [(of, frozenset(row[:2])) for of, *row in places])
    return [_ladder_row(study, *place, row) for place, row in zip(places, found, strict=True)]


def _ladder_row(study, dataset, rung, below, kind, group, found: dict) -> dict:
    of, parameters = (
        audited_runs.summary(study.run(dataset, rung)),
        _parameters(study, dataset, rung),
    )
    label = study.said["labels"].get(rung)
    before = ("members", "diverged_members", "learned_members", "learned_low", "learned_high")
    score = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_std", "chance")
    after = ("loss", "calibration_error")
    return {
        **{"dataset": dataset, "rung": rung, "kind": kind, "group": group, "compared_with": below},
        **{"changed": TEXT, "label": label or TEXT},
        **{name: of[name] for name in (*before, *score)},
        **{
            name: found[name] for name in (*COMPARED, *SHARES, "p_corrected", "learned_p_corrected")
        },
        "verdict": _judged(found, below, kind),
        **{name: of[name] for name in after},
        **parameters,
        "test_images": of["test_images"],
    }


def _parameters(study: Study, dataset: str, rung: str) -> dict:
    """How many parameters a rung's network has, an ensemble's all together."""
    of = study.combined.get(rung, rung)
    counted = read(study.runs / dataset / of / "record.json")["parameters"]
    times = len(study.run(dataset, of).right) if rung in study.combined else 1
    return {f"{name}_parameters": times * counted[name] for name in ("trainable", "all")}


def judged(study: Study, dataset: str, rung: str) -> list[dict[str, str]]:
    """Of each network the epoch that it is judged by: the last, or where it may stop early that of
    the lowest validation loss."""
    of: dict[str, list] = {}
    for row in study.run(dataset, rung).history:
        of.setdefault(row["member"], []).append(row)
    if not study.stops(rung):
        return [epochs[-1] for epochs in of.values()]
    loss = "validation_loss"
    return [
        min(
            epochs,
            key=lambda row: (math.isnan(number(row[loss])), number(row[loss]), int(row["epoch"])),
        )
        for epochs in of.values()
    ]


def validated(study: Study, dataset: str, rung: str) -> float:
    """The mean validation accuracy of a rung's networks; not a number where there is none, or where
    each has images of its own."""
    if "split" in study.said["techniques"][rung]:
        return math.nan
    of = [number(row["validation_accuracy"]) for row in judged(study, dataset, rung)]
    of = [value for value in of if not math.isnan(value)]
    return float(np.mean(of)) if of else math.nan


def best(study: Study) -> list[dict]:
    return [_best(study, dataset) for dataset in study.datasets]


def _best(study: Study, dataset: str) -> dict:
    of = {rung: validated(study, dataset, rung) for rung in study.trained}
    known = {rung: value for rung, value in of.items() if not math.isnan(value)}
    runs = {rung: study.run(dataset, rung) for rung in study.trained}
    reached = {rung: audited_runs.summary(run)["accuracy"] for rung, run in runs.items()}
    chosen = max(known or reached, key=(known or reached).get)
    others = [rung for rung in study.trained if rung != chosen]
    found = [contrast(runs[rung], runs[chosen]) for rung in others]
    corrected(found, others)
    said = {rung: _judged(row, chosen, "trained") for rung, row in zip(others, found, strict=True)}
    alike = [rung for rung in others if said[rung] in ("can't tell", "one network: no verdict")]
    ahead = [rung for rung in others if said[rung] == "better"]
    return {
        **{"dataset": dataset, "rung": chosen, "chosen_by": "validation" if known else "test"},
        **{"rungs": len(of), "validation": of[chosen]},
        **{"alike": " ".join(alike) or None, "ahead": " ".join(ahead) or None},
    }


def _gathered(of: Callable[[Run], list[dict]], combined: bool = True) -> Callable:
    """A table that has the same rows of every rung."""

    def table(study: Study) -> list[dict]:
        return [
            {"dataset": dataset, "rung": rung} | row
            for dataset in study.datasets
            for rung in (study.rungs if combined else study.trained)
            for row in of(study.run(dataset, rung))
        ]

    return table


def _of_classes(of: Callable) -> Callable:
    """The same, of tables that name classes."""

    def table(study: Study) -> list[dict]:
        return [
            {"dataset": dataset, "rung": rung} | row
            for dataset in study.datasets
            for rung in study.rungs
            for row in of(study.run(dataset, rung), study.classes(dataset))
        ]

    return table


def predictions(study: Study) -> list[dict]:
    of, found = list(dict.fromkeys(rung for rung, *_ in compared(study))), []
    for dataset in study.datasets:
        picks = audited_runs.disputed([study.run(dataset, rung) for rung in of])
        for rung in of:
            shown = audited_runs.shown(study.run(dataset, rung), study.classes(dataset), picks)
            found += [{"dataset": dataset, "rung": rung} | row for row in shown]
    return found


def curves(study: Study) -> list[dict]:
    made = _gathered(audited_runs.curve, combined=False)(study)
    return [_renamed(row, {"series": "member", "step": "epoch"}) for row in made]


def ensembles(study: Study) -> list[dict]:
    """An ensemble over 1, 2, ... of its networks, for every choice of so many: the mean of their
    softmax outputs, or their vote."""
    found = []
    for dataset in study.datasets:
        for name in study.combined:
            for row in audited_runs.curve(study.run(dataset, name)):
                row = _renamed(row, {"series": "choice", "step": "members"})
                found.append({"dataset": dataset, "rung": name} | row)
    return found


def _renamed(row: dict, names: dict[str, str]) -> dict:
    return {names.get(key, key): value for key, value in row.items()}


def _over(rows: list[dict], keys: list[str]) -> list[dict]:
    """Mean, least and greatest accuracy of the rows that agree in `keys`, in their order."""
    of: dict[tuple, list[float]] = {}
    for row in rows:
        of.setdefault(tuple(row[key] for key in keys), []).append(row["accuracy"])
    return [
        dict(zip(keys, place, strict=True))
        | {"members": len(v), "mean": float(np.mean(v)), "least": min(v), "greatest": max(v)}
        for place, v in of.items()
    ]


def epochs(study: Study) -> list[dict]:
    return _over(curves(study), ["dataset", "rung", "epoch"])


def robustness(study: Study) -> list[dict]:
    made = _gathered(audited_runs.robustness)(study)
    counted = {
        (dataset, rung): audited_runs.that_count(study.run(dataset, rung))
        for dataset in study.datasets
        for rung in study.rungs
    }
    kept = [row for row in made if counted[row["dataset"], row["rung"]][row["member"]]]
    return _over(kept, ["dataset", "rung", "transform", "unit", "amount", "images"])


def against_best(study: Study) -> list[dict]:
    found = [
        row
        for dataset in study.datasets
        for name, of in study.combined.items()
        if (row := _against(study, dataset, name, of))
    ]
    for row, p in zip(found, holm([row["p"] for row in found]), strict=True):
        row["p_corrected"] = p
    return found


def _against(study: Study, dataset: str, name: str, of: str) -> dict | None:
    """An ensemble beside the one of its networks that does best on the validation images; of equal
    ones that of the lower validation loss."""
    epochs = judged(study, dataset, of)
    if "split" in study.said["techniques"][of] or not any(r["validation_accuracy"] for r in epochs):
        return None
    best = max(
        epochs, key=lambda r: (number(r["validation_accuracy"]), -number(r["validation_loss"]))
    )
    together = study.run(dataset, name).right[0]
    alone = study.run(dataset, of).right[int(best["member"])]
    wins, losses, p = mcnemar(together, alone)
    return {
        **{"dataset": dataset, "rung": name, "of": of, "accuracy": float(together.mean())},
        **{"best_member": int(best["member"]), "best_accuracy": float(alone.mean())},
        "difference": float(together.mean() - alone.mean()),
        **{"ensemble_alone": wins, "member_alone": losses, "p": p, "p_corrected": None},
    }


def diversity(study: Study) -> list[dict]:
    """Over all pairs of networks: the share of images that one of two classifies correctly, and the
    correlation of their errors."""
    found = []
    for dataset in study.datasets:
        for of in dict.fromkeys(study.combined.values()):
            right = study.run(dataset, of).right
            pairs = list(combinations(right.astype(float), 2))
            if pairs:
                apart = float(np.mean([np.abs(one - other).mean() for one, other in pairs]))
                with np.errstate(all="ignore"):
                    alike = float(np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]))
                row = {"dataset": dataset, "rung": of, "members": len(right)}
                found.append(row | {"disagreement": apart, "error_correlation": alike})
    return found


def gaps(study: Study) -> list[dict]:
    found = []
    for dataset in study.datasets:
        for rung in study.trained:
            of = judged(study, dataset, rung)
            both = [[number(r[f"{n}_accuracy"]) for n in ("train", "validation")] for r in of]
            both = np.array([pair for pair in both if not np.isnan(pair).any()])
            if len(both):
                gap = both[:, 0] - both[:, 1]
                found.append(
                    {
                        **{"dataset": dataset, "rung": rung, "members": len(both)},
                        "train_accuracy": float(both[:, 0].mean()),
                        "validation_accuracy": float(both[:, 1].mean()),
                        "train_minus_validation": float(gap.mean()),
                        "std": float(gap.std(ddof=1)) if len(gap) > 1 else None,
                    }
                )
    return found


def folds(study: Study) -> list[dict]:
    found = []
    for dataset in study.datasets:
        for rung in study.trained:
            if "split" in study.said["techniques"][rung]:
                epochs = judged(study, dataset, rung)
                of = np.array([number(row["validation_accuracy"]) for row in epochs])
                error = float(of.std(ddof=1) / np.sqrt(len(of))) if len(of) > 1 else None
                row = {"dataset": dataset, "rung": rung, "folds": len(of)}
                row["validation_accuracy"] = float(of.mean())
                found.append(row | {"standard_error": error})
    return found


def choices(study: Study) -> list[dict]:
    found = []
    for dataset in study.datasets:
        for group in study.said["comparisons"]:
            if group["choose"]:
                row = {"dataset": dataset, "group": group["title"]}
                found.append(row | _choice(study, dataset, group["rungs"]))
    return found


def _choice(study: Study, dataset: str, rungs: list[str]) -> dict:
    validation = [validated(study, dataset, rung) for rung in rungs]
    # Of all networks, as the validation is, not of those alone that learned.
    test = [float(study.run(dataset, rung).right.mean()) for rung in rungs]
    chosen, best = int(np.nanargmax(validation)), int(np.argmax(test))
    ahead = np.array(validation) - np.array(test)
    return {
        **{"chosen": rungs[chosen], "rungs": len(rungs)},
        **{"validation": validation[chosen], "test": test[chosen]},
        "optimism": float(ahead[chosen] - np.nanmean(np.delete(ahead, chosen))),
        **{"best_on_test": rungs[best], "best_test": test[best]},
        "lost": test[best] - test[chosen],
    }


def history(study: Study) -> list[dict]:
    """As training wrote it: but for the last epoch, nothing else says what a network's loss was."""
    return _raw(study, "history.csv")


def _raw(study: Study, name: str) -> list[dict]:
    return [
        {"dataset": dataset, "rung": rung, **{key: _value(cell) for key, cell in row.items()}}
        for dataset in study.datasets
        for rung in study.trained
        for row in rows(study.runs / dataset / rung / name)
    ]


def _value(cell: str) -> str | float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def cost(study: Study) -> list[dict]:
    found = []
    for dataset in study.datasets:
        for place, rung in enumerate(study.trained, start=1):
            run = study.run(dataset, rung)
            took = read(run.folder / "cost.json")
            row = {"dataset": dataset, "number": place, "rung": rung}
            row["accuracy"] = audited_runs.summary(run)["accuracy"]
            row["seconds_per_member"] = took["seconds"] / len(run.right)
            found.append(row | {key: _none(value) for key, value in took.items()})
    return _filled(found)


def _none(value: object) -> object:
    return None if value == "" else value


def _filled(found: list[dict]) -> list[dict]:
    """Rows with the columns of all, in the order in which they come up."""
    names = dict.fromkeys(name for row in found for name in row)
    return [dict.fromkeys(names) | row for row in found]


def records(study: Study) -> list[dict]:
    """What made each rung, and the hashes of the files that it was made from."""
    found = []
    for dataset in study.datasets:
        for rung in study.trained:
            record = read(study.runs / dataset / rung / "record.json")
            row = {"dataset": dataset, "rung": rung} | record["environment"]
            found.append(row | _hashes(study, dataset, record["data"]))
    return found


def _hashes(study: Study, dataset: str, said: dict[str, str]) -> dict[str, str]:
    """Of the data's files as they are now; as the record says where they are not there."""
    files = {file.stem: file for file in study.data[dataset].iterdir()}
    return {
        name: hashlib.sha256(files[name].read_bytes()).hexdigest() if name in files else of
        for name, of in said.items()
    }


def attributes(study: Study) -> list[dict]:
    """Which slot each rung has; how it is worded is a text."""
    of = {rung: study.said["techniques"][rung] for rung in study.trained}
    slots = dict.fromkeys(slot for has in of.values() for slot in has if slot != "budget")
    if study.said["starts"]:
        slots["start"] = None
    return [
        {
            "dataset": dataset,
            "rung": rung,
            **{slot: TEXT if slot in has else None for slot in slots},
        }
        for dataset in study.datasets
        for rung, has in of.items()
    ]


def axes(study: Study) -> list[dict]:
    """Where the rungs of each group with an axis lie: the value of one option."""
    found = []
    for dataset in study.datasets:
        for group in study.said["comparisons"]:
            parts = dict(zip("xy", group["axis"], strict=False))
            parts |= {"series": group["series"]} if group["series"] else {}
            for rung in group["rungs"]:
                for part, option in parts.items():
                    row = {"dataset": dataset, "group": group["title"], "rung": rung, "part": part}
                    found.append(row | {"option": option, "value": _at(study, rung, option)})
    return found


def _at(study: Study, rung: str, option: str) -> object:
    slot, _, key = option.partition(".")
    technique = study.said["techniques"][rung]
    if slot == "budget":
        return (study.said["budget"] | technique.get("budget", {}))[key]
    if not key:
        return TEXT
    chosen = technique.get(slot, {})
    choices = chosen if isinstance(chosen, list) else [chosen]
    given = [options[key] for choice in choices for options in choice.values() if key in options]
    return given[0] if given else None


def of_study(study: Study) -> list[dict]:
    """A row for each data set in the list of all studies."""
    found = []
    for row in best(study):
        reached = audited_runs.summary(study.run(row["dataset"], row["rung"]))["accuracy"]
        said = {"study": study.said["study"], "title": study.said["title"] or None}
        said |= {"rungs": len(study.said["ladder"]), **study.said["budget"]}
        said |= {"dataset": row["dataset"], "best": row["rung"], "score": "accuracy"}
        found.append(said | {"accuracy": reached, "shown": f"{100 * reached:.1f} %"})
    return found


TABLES: dict[str, Callable[[Study], list[dict]]] = {
    "ladder": ladder,
    "best": best,
    "attributes": attributes,
    "axes": axes,
    "members": _gathered(audited_runs.members),
    "history": history,
    "gaps": gaps,
    "curves": curves,
    "epochs": epochs,
    "diagnostics": audited_inside.diagnostics,
    "inside": audited_inside.inside,
    "faults": audited_inside.faults,
    "reasons": audited_inside.reasons,
    "histograms": audited_inside.histograms,
    "robustness": robustness,
    "ensembles": ensembles,
    "against_best": against_best,
    "diversity": diversity,
    "folds": folds,
    "data": audited_data.data,
    "cost": cost,
    "records": records,
    "choices": choices,
    "expectations": audited_predictions.expectations,
    "claims": audited_predictions.claims,
    "study": of_study,
    "per_class": _of_classes(audited_runs.per_class),
    "confusion": _of_classes(audited_runs.confusion),
    "calibration": _gathered(audited_runs.calibration),
    "predictions": predictions,
}
