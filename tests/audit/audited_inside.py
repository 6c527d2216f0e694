"""The tables of what went on inside the networks, from each rung's diagnostics.csv and
histograms.csv."""

import math
from collections.abc import Iterator

import audited_runs
import numpy as np
from audited_files import Study, number, rows
from audited_numbers import ALPHA, can_show, holm, separates

MEASURED = ["activation_mean", "activation_std", "constant_units", "dead_units", "saturated",
            "weight_rms", "gradient_norm", "gradient_rms", "update_ratio"]  # fmt: skip
RANGED = ["activation_std", "constant_units", "gradient_rms", "update_ratio"]
# What is tested, at step 10, as docs/statistics.md names it.
TESTED = ["first_gradient", "last_spread", "constant_units", "dead_units", "saturated",
          "update_ratio"]  # fmt: skip
STEP = 10
# Fault, measurement, side, limit, and from what share of a rung's networks on it is told.
LIMITS = [
    ("not_finite", "finite", "below", 1, 0),
    ("zero_weights", "zero_weights", "above", 0.5, 0.5),
    ("dead", "dead_units", "above", 0.5, 0.5),
    ("constant", "constant_units", "above", 0.5, 0.5),
    ("saturated", "saturated", "above", 0.5, 0.5),
    ("faint", "last_spread", "below", 0.001, 0.5),
    ("exploding", "last_spread", "above", 1000, 0.5),
    ("updates_too_small", "update_ratio", "below", 0.00001, 0.5),
    ("updates_too_large", "update_ratio", "above", 0.3, 0.5),
]


def layers(study: Study, dataset: str, rung: str) -> list[dict[str, str]]:
    """What was seen of each layer, look by look and network by network."""
    return rows(study.runs / dataset / rung / "diagnostics.csv")


def _each(study: Study) -> Iterator[tuple[str, str]]:
    return ((dataset, rung) for dataset in study.datasets for rung in study.trained)


def diagnostics(study: Study) -> list[dict]:
    """Medians over the networks whose values are finite, and ranges."""
    return [row for place in _each(study) for row in _of_rung(study, *place)]


def _of_rung(study: Study, dataset: str, rung: str) -> Iterator[dict]:
    seen = layers(study, dataset, rung)
    last = max(int(row["step"]) for row in seen)
    places: dict[tuple, list] = {}
    for row in seen:
        # Networks that stop early end after different steps.
        step = last if row["moment"] == "end" else int(row["step"])
        kept = (row[name] for name in ("layer", "kind", "units", "weights"))
        places.setdefault((row["moment"], step, *kept), []).append(row)
    for (moment, step, layer, kind, units, weights), of in places.items():
        values = {name: _finite(of, name) for name in MEASURED}
        yield {
            **{"dataset": dataset, "rung": rung, "moment": moment, "step": step},
            **{"layer": int(layer), "kind": kind, "units": int(units), "weights": int(weights)},
            **{name: float(np.median(v)) if len(v) else None for name, v in values.items()},
            **{"members": len(of), "finite": len(values["activation_std"])},
            **{
                f"{name}_{end}": float(pick(values[name])) if len(values[name]) else None
                for name in RANGED
                for end, pick in (("least", np.min), ("greatest", np.max))
            },
        }


def _finite(of: list[dict[str, str]], name: str) -> np.ndarray:
    values = np.array([number(row[name]) for row in of])
    return values[np.isfinite(values)]


def inside(study: Study) -> list[dict]:
    """Six numbers of each network at step 10, or the last look up to it that all have."""
    found = []
    for dataset in study.datasets:
        networks = list(_networks(study, dataset))
        step = min(max(int(row["step"]) for row in of) for _, _, of in networks)
        for rung, member, of in networks:
            has = bool(audited_runs.able(study.run(dataset, rung))[int(member)])
            row = {"dataset": dataset, "rung": rung, "member": int(member), "step": step}
            found.append(row | _numbers(of, step) | {"learned": int(has)})
    return found


def _networks(study: Study, dataset: str) -> Iterator[tuple[str, str, list]]:
    for rung in study.trained:
        of: dict[str, list] = {}
        for row in layers(study, dataset, rung):
            if row["moment"] != "end" and int(row["step"]) <= STEP:
                of.setdefault(row["member"], []).append(row)
        yield from ((rung, member, seen) for member, seen in sorted(of.items(), key=_by_number))


def _by_number(item: tuple[str, list]) -> int:
    return int(item[0])


def _numbers(seen: list[dict[str, str]], step: int) -> dict:
    now = sorted(
        (row for row in seen if int(row["step"]) == step), key=lambda row: int(row["layer"])
    )
    values = [number(row[name]) for row in now for name in ("activation_std", "gradient_rms")]
    finite = bool(np.isfinite(values).all())
    hidden = now[:-1] if finite else []
    start = [number(row["weight_rms"]) for row in seen if int(row["step"]) == 0]
    return {
        "finite": int(finite),
        "first_gradient": number(now[0]["gradient_rms"]) if finite else math.nan,
        "last_spread": number(hidden[-1]["activation_std"]) if hidden else math.nan,
        **{name: by_units(hidden, name) for name in TESTED[2:5]},
        "update_ratio": _largest_update(seen, step),
        "zero_weights": float(np.mean([value == 0 for value in start])),
    }


def by_units(hidden: list[dict[str, str]], name: str) -> float:
    """A share of the units of several layers, whatever their layer."""
    known = [row for row in hidden if not math.isnan(number(row[name]))]
    if not known:
        return math.nan
    return float(
        np.average([number(r[name]) for r in known], weights=[int(r["units"]) for r in known])
    )


def _largest_update(seen: list[dict[str, str]], step: int) -> float:
    """The largest of the looks so far, each the median over layers."""
    of: dict[int, list[float]] = {}
    for row in seen:
        if row["update_ratio"] and int(row["step"]) <= step:
            of.setdefault(int(row["step"]), []).append(number(row["update_ratio"]))
    return max((float(np.median(values)) for values in of.values()), default=math.nan)


def faults(study: Study) -> list[dict]:
    of: dict[tuple, list[dict]] = {}
    for row in inside(study):
        of.setdefault((row["dataset"], row["rung"]), []).append(row)
    return [
        row
        for (dataset, rung), networks in of.items()
        for limit in LIMITS
        if (row := _fault(dataset, rung, networks, *limit))
    ]


def _fault(dataset, rung, networks, fault, measurement, side, limit, told_from) -> dict | None:
    values = np.array([row[measurement] for row in networks], dtype=float)
    showing = int((values > limit if side == "above" else values < limit).sum())
    if showing <= told_from * len(networks):
        return None
    return {
        **{"dataset": dataset, "rung": rung, "fault": fault, "measurement": measurement},
        **{"side": side, "limit": limit, "step": networks[0]["step"]},
        **{"members": len(networks), "showing": showing},
        **{"median": float(np.nanmedian(values)), "least": float(np.nanmin(values))},
        **{"greatest": float(np.nanmax(values)), "known": len(networks)},
        "learned": sum(row["learned"] for row in networks),
    }


def reasons(study: Study) -> list[dict]:
    networks = inside(study)
    found = []
    for dataset in study.datasets:
        of = [row for row in networks if row["dataset"] == dataset]
        if len({row["learned"] for row in of}) == 2:
            found += [{"dataset": dataset} | _reason(of, name) for name in TESTED]
    for row, p in zip(found, holm([row["p"] for row in found]), strict=True):
        row["p_corrected"] = p
    return found


def _reason(networks: list[dict], name: str) -> dict:
    how, strata = _compared(networks, name)
    row = {"measurement": name, "step": networks[0]["step"], "how": how}
    later = ["learned", "others", "median_learned", "median_others", "area", "p", "p_corrected",
             "wrong"]  # fmt: skip
    row |= dict.fromkeys(later)
    if not strata:
        return row
    area, p, wrong = separates(strata)
    values, kinds = (np.concatenate(part) for part in zip(*strata, strict=True))
    row |= {"learned": int(kinds.sum()), "others": int((~kinds).sum())}
    row |= {"median_learned": float(np.median(values[kinds]))}
    row |= {"median_others": float(np.median(values[~kinds]))}
    return row | {"area": area, "p": p, "wrong": wrong}


def _compared(networks: list[dict], name: str) -> tuple[str, list]:
    """Networks of rungs that have both kinds, or whole rungs by their median, four or more of each
    kind: what can show more, and can show anything at all."""
    within, medians, whole = [], [], []
    for rung in dict.fromkeys(row["rung"] for row in networks):
        of = [row for row in networks if row["rung"] == rung]
        known = [row for row in of if not math.isnan(row[name])]
        values = np.array([row[name] for row in known], dtype=float)
        kinds = np.array([row["learned"] == 1 for row in known], dtype=bool)
        if len(set(kinds.tolist())) == 2:
            within.append((values, kinds))
        elif known and len({row["learned"] for row in of}) == 1:
            medians.append(float(np.median(values)))
            whole.append(bool(kinds[0]))
    ways = {"within rungs": within} if within else {}
    if min(sum(whole), len(whole) - sum(whole)) >= 4:
        ways["across rungs"] = [(np.array(medians), np.array(whole))]
    able = {how: of for how, of in ways.items() if can_show(of, len(TESTED)) <= ALPHA}
    return min(able.items(), key=lambda way: can_show(way[1], 1), default=("too few", []))


def histograms(study: Study) -> list[dict]:
    """A row for each histogram of the first network, its bins side by side."""
    found = []
    for dataset, rung in _each(study):
        of: dict[tuple, list] = {}
        for row in rows(study.runs / dataset / rung / "histograms.csv"):
            place = row["moment"], int(row["layer"]), row["quantity"]
            of.setdefault(place, []).append(row)
        for (moment, layer, quantity), bins in of.items():
            found.append(
                {
                    **{"dataset": dataset, "rung": rung, "moment": moment},
                    **{"layer": layer, "quantity": quantity},
                    "low": min(number(row["low"]) for row in bins),
                    "high": max(number(row["high"]) for row in bins),
                    **{f"share_{i}": number(row["share"]) for i, row in enumerate(bins, start=1)},
                }
            )
    return found
