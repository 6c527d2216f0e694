"""What the study's author predicted and what the decks claim, judged anew."""

import math
from itertools import combinations, pairwise
from pathlib import Path

import audited_runs
import numpy as np
import yaml
from audited_files import TEXT, Run, Study, number, read, rows
from audited_numbers import ALPHA, FEW_IMAGES, accuracy, barnard, difference, ensemble_gain, holm
from scipy import optimize, stats

PROJECT = Path(__file__).parents[2]
FORMS = ["relative", "difference", "better_than", "group", "best_of", "rung"]
NAMES = {"better_than": "better", "group": "range", "best_of": "best", "rung": "level"}
HELD, NOT_HELD, CANT_TELL = "held", "not held", "can't tell"


def expectations(study: Study) -> list[dict]:
    return [
        {"dataset": dataset, "number": place} | _row(study, dataset, said)
        for dataset in study.datasets
        for place, said in enumerate(study.said["expect"], start=1)
        if said["dataset"] in (None, dataset)
    ]


def _row(study: Study, dataset: str, said: dict) -> dict:
    form = next(form for form in FORMS if said[form])
    quantity = said["quantity"]
    rungs = {
        "relative": lambda: said["difference"],
        "difference": lambda: said["difference"],
        "better_than": lambda: [said["rung"], said["better_than"]],
        "group": lambda: _group(study, said["group"]),
        "best_of": lambda: [said["is"], *(r for r in said["best_of"] if r != said["is"])],
        "rung": lambda: [said["rung"]],
    }[form]()
    of = [_measured(study, dataset, rung, quantity) for rung in rungs]
    at_most = said["at_most"] if said["range_at_most"] is None else said["range_at_most"]
    value, low, high = _found(study, form, rungs, of, quantity)
    outcome = _outcome(form, quantity, low, high, said["at_least"], at_most)
    shares = [_shares(study, dataset, rung) for rung in rungs]
    if form == "better_than" and quantity == "test_accuracy" and not _both_learned(shares):
        # An ensemble has no share that learned.
        combined = set(rungs) & study.combined.keys()
        outcome, low, high = _by_shares(*shares), math.nan, math.nan
        outcome = CANT_TELL if combined else outcome
    return {
        **{"form": NAMES.get(form, form), "rungs": " ".join(rungs), "group": said["group"]},
        **{"quantity": quantity, "value": value, "low": low, "high": high},
        "members": min(0 if isinstance(each, float) else len(each) for each in of),
        **{"at_least": said["at_least"], "at_most": at_most, "outcome": outcome},
        "because": said["because"],
    }


def _group(study: Study, title: str) -> list[str]:
    [rungs] = [each["rungs"] for each in study.said["comparisons"] if each["title"] == title]
    return rungs


def _measured(study: Study, dataset: str, rung: str, quantity: str) -> np.ndarray | float:
    """Which images were right [members, n], a value for each network [members], or a count."""
    run = study.run(dataset, rung)
    if "parameters" in quantity:
        part = "trainable" if "trainable" in quantity else "all"
        return float(read(run.folder / "record.json")["parameters"][part])
    if quantity == "test_accuracy":
        return run.right[audited_runs.that_count(run)]
    assert quantity == "test_loss", f"{quantity}: not audited"
    counted = audited_runs.that_count(run)
    return np.array(audited_runs.losses(run.arrays["test_predictions"], run.truth))[counted]


def _found(study, form, rungs, of, quantity) -> tuple[float, float, float]:
    """The quantity and its interval."""
    if isinstance(of[0], float):
        return _counts(form, of)
    if form == "rung":
        return _level(of[0])
    if form == "relative":
        return _relative(*of)
    pairs = list(combinations(range(len(rungs)), 2)) if form == "group" else []
    pairs = pairs or [(0, i) for i in range(1, len(rungs))]
    found = [
        _apart(study, [rungs[i], rungs[j]], of[i], of[j], ALPHA / len(pairs)) for i, j in pairs
    ]
    if form == "group":
        _, lows, highs = np.transpose(found)
        means = [each.mean() for each in of]
        # Of one network nobody knows an interval, and so none of all.
        low = np.max([lows, -highs, np.zeros(len(pairs))])
        return max(means) - min(means), float(low), float(np.max([-lows, highs]))
    return tuple(np.min(found, axis=0).tolist())


def _counts(form: str, of: list[float]) -> tuple[float, float, float]:
    value = {
        "rung": lambda: of[0],
        "difference": lambda: of[0] - of[1],
        "relative": lambda: (of[0] - of[1]) / of[1],
    }[form]()
    return value, value, value


def _level(of: np.ndarray) -> tuple[float, float, float]:
    if of.ndim == 2:
        mean, low, high = accuracy(of)
        return (mean, low, high) if len(of) > 1 else (mean, math.nan, math.nan)
    ends = stats.t.interval(1 - ALPHA, len(of) - 1, of.mean(), stats.sem(of))
    return float(of.mean()), *map(float, ends)


def _apart(study, rungs, above, below, alpha: float) -> tuple[float, float, float]:
    if study.combined.get(rungs[0]) == rungs[1]:
        mean, low, high, _ = ensemble_gain(above, below)
        return mean, low, high
    if above.ndim == 2:
        mean, low, high, _ = difference(above, below, alpha)
        return mean, *(math.nan if end is None else end for end in (low, high))
    ends = stats.ttest_ind(above, below, equal_var=False).confidence_interval(1 - alpha)
    return float(above.mean() - below.mean()), float(ends.low), float(ends.high)


def _relative(above: np.ndarray, below: np.ndarray) -> tuple[float, float, float]:
    """The share of the errors of `below` that `above` avoids, with Fieller's interval: the ratios r
    for which accuracy above - (1 - r) accuracy below - r may be 0."""
    assert above.ndim == 2, "only accuracies are audited"
    base = accuracy_ends(below)
    value = float((above.mean() - below.mean()) / (1 - below.mean()))
    if base[0] < 1 < base[1]:
        return value, math.nan, math.nan
    return value, _reach(above, below, value, -1), _reach(above, below, value, 1)


def accuracy_ends(right: np.ndarray) -> tuple[float, float]:
    """The interval of an accuracy as a normal mean has it: its difference from nothing."""
    starts = stats.sem(right.mean(axis=1)) * stats.t.isf(ALPHA / 2, len(right) - 1)
    zero = _scaled_margin(right, np.zeros_like(right), 0.0)
    assert zero >= starts
    return right.mean() - zero, right.mean() + zero


def _scaled_margin(above: np.ndarray, below: np.ndarray, factor: float) -> float:
    """The margin of accuracy above - factor x accuracy below."""
    both = [above.astype(float), factor * below]
    apart = both[0].mean(axis=0) - both[1].mean(axis=0)
    few = min(np.abs(apart).sum(), (1 - np.abs(apart)).sum()) < FEW_IMAGES
    own = 0 if few else sum(np.var(of, axis=0, ddof=1).mean() / len(of) for of in both)
    images = np.sqrt(max(np.var(apart, ddof=1) - own, 0) / len(apart))
    means = [of.mean(axis=1) for of in both]
    starts = np.hypot(*(stats.sem(of) for of in means))
    if starts == 0:
        return float(stats.t.isf(ALPHA / 2, len(apart) - 1) * images)
    df = stats.ttest_ind(*means, equal_var=False).df
    return float(
        np.hypot(
            stats.t.isf(ALPHA / 2, df) * starts, stats.t.isf(ALPHA / 2, len(apart) - 1) * images
        )
    )


def _reach(above: np.ndarray, below: np.ndarray, value: float, side: int) -> float:
    def outside(ratio: float) -> float:
        left = above.mean() - (1 - ratio) * below.mean() - ratio
        return abs(left) - _scaled_margin(above, below, 1 - ratio)

    far = next((step for step in 2.0 ** np.arange(-10, 20) if outside(value + side * step) > 0), 0)
    return (
        float(optimize.bisect(outside, value, value + side * far, xtol=1e-13)) if far else math.nan
    )


def _outcome(form, quantity, low, high, at_least, at_most) -> str:
    if form in ("better_than", "best_of"):
        at_least, at_most = (None, 0) if "loss" in quantity else (0, None)
    bottom = -math.inf if at_least is None else at_least
    top = math.inf if at_most is None else at_most
    if bottom <= low and high <= top:
        return HELD
    return NOT_HELD if high < bottom or low > top else CANT_TELL


def _shares(study: Study, dataset: str, rung: str) -> tuple[int, int]:
    if rung in study.combined:
        # It is no network of a few, which might not have learned.
        return 2, 2
    has = audited_runs.able(study.run(dataset, rung))
    return int(has.sum()), len(has)


def _both_learned(shares: list[tuple[int, int]]) -> bool:
    return min(learned for learned, _ in shares) > 0 or min(of for _, of in shares) < 2


def _by_shares(above: tuple[int, int], below: tuple[int, int]) -> str:
    if barnard(above, below) > ALPHA:
        return CANT_TELL
    return HELD if above[0] / above[1] > below[0] / below[1] else NOT_HELD


def claims(study: Study) -> list[dict]:
    known = yaml.safe_load((PROJECT / "reports" / "claims.yaml").read_text(encoding="utf-8"))
    places = [
        (dataset, claim)
        for dataset in study.datasets
        for claim in known
        if claim["like"].partition("/")[2] in study.rungs and _of_task(study, claim)
    ]
    found = [_claim(study, dataset, claim) for dataset, claim in places]
    told = _found_in(study.page / "tables" / "claims.csv", len(found))
    corrected = _levels(found, told)
    return [_judged(*each) for each in zip(found, told, corrected, strict=True)]


def _deck(claim: dict) -> dict:
    name = claim["like"].partition("/")[0]
    return yaml.safe_load((PROJECT / "studies" / f"{name}.yaml").read_text(encoding="utf-8"))


def _of_task(study: Study, claim: dict) -> bool:
    return _deck(claim).get("task", "classification") == study.said["task"]


def _found_in(file: Path, count: int) -> list[str]:
    """Which claims the table calls comparable: what a study departs in is a text of it. One of
    other data than the deck's can't be."""
    found = [row["verdict"] for row in rows(file)]
    assert len(found) == count, f"{file}: {len(found)} claims, not {count}"
    return found


def _claim(study: Study, dataset: str, claim: dict) -> dict:
    rung, first = claim["like"].partition("/")[2], claim.get("counted_from", 1)
    trained = [epoch + 1 - first for epoch in claim.get("epochs") or []]
    run = study.run(dataset, rung)
    values, restless = _of_claim(run, claim, trained)
    finite = np.array([value for value in values if math.isfinite(value)])
    return {
        "said": claim,
        "comparable": dataset in _deck(claim)["datasets"],
        "values": finite,
        "diverged": len(values) - len(finite),
        "restless": restless,
        "row": {
            **{"dataset": dataset, "rung": rung, "deck": claim["deck"]},
            **{"quantity": claim["quantity"], "claimed": claim["says"]},
            **{"claimed_low": claim["low"], "claimed_high": claim["high"]},
            "epochs": "–".join(map(str, dict.fromkeys(trained))) or None,
            "members": len(finite),
            "measured": float(finite.mean()) if len(finite) else None,
        },
    }


def _of_claim(run: Run, claim: dict, trained: list[int]) -> tuple[list[float], tuple | None]:
    """The quantity of each network over the claim's epochs, or at the end; and by how much it
    strays from epoch to epoch with the degrees of freedom of that, for a claim of one epoch."""
    quantity = claim["quantity"]
    if "parameters" in quantity:
        part = "trainable" if "trainable" in quantity else "all"
        return [float(read(run.folder / "record.json")["parameters"][part])], None
    combined = [each["name"] for each in _deck(claim).get("ensembles", [])]
    if "slots" not in run.recipe and run.folder.name not in combined:
        return [], None
    full = "_full_batches" if claim.get("full_batches") else ""
    if quantity.startswith("train_"):
        curve = [(r["member"], int(r["epoch"]), r.get(quantity, "")) for r in run.history]
    elif trained and quantity == "test_accuracy":
        name = f"accuracy{full}"
        curve = [
            (r["series"], r["step"], "" if r[name] is None else str(r[name]))
            for r in audited_runs.curve(run)
        ]
    else:
        name = quantity.removeprefix("test_") + full
        return [row[name] for row in audited_runs.members(run) if row[name] is not None], None
    return _of_curve([(m, e, number(v)) for m, e, v in curve if v], trained)


def _of_curve(curve: list[tuple], trained: list[int]) -> tuple[list[float], tuple | None]:
    of: dict = {}
    for member, epoch, value in curve:
        of.setdefault(member, {})[epoch] = value
    first, last = (trained[0], trained[-1]) if trained else (1, 0)
    there = any(first <= epoch <= last for epochs in of.values() for epoch in epochs)
    values = []
    for epochs in of.values():
        during = [value for epoch, value in epochs.items() if first <= epoch <= last]
        kept = during if there else [epochs[max(epochs)]]
        if kept:
            values.append(float(np.mean(kept)))
    if first != last:
        return values, None
    near = [sorted(e for e in epochs if first - 5 <= e <= last + 5) for epochs in of.values()]
    steps = [
        epochs[after] - epochs[before]
        for epochs, around in zip(of.values(), near, strict=True)
        for before, after in pairwise(around)
    ]
    return values, (np.sqrt(np.mean(np.square(steps)) / 2), 2 * len(steps) / 3) if steps else None


def _spreads(found: dict) -> list[tuple[float, float]]:
    values = found["values"]
    if len(values) < 2:
        return []
    own = [(float(np.std(values, ddof=1)), len(values) - 1)]
    return own + ([found["restless"]] if found["restless"] else [])


def _margin(found: dict, alpha: float) -> float:
    wide = math.sqrt(1 + 1 / len(found["values"]))
    return wide * max(float(stats.t.isf(alpha / 2, df)) * s for s, df in _spreads(found))


def _p(found: dict) -> float:
    mean, low, high = found["values"].mean(), found["said"]["low"], found["said"]["high"]
    away = max(low - mean, mean - high, 0)
    if away == 0:
        return 1.0
    wide = math.sqrt(1 + 1 / len(found["values"]))
    tails = [2 * float(stats.t.sf(away / (s * wide), df)) for s, df in _spreads(found) if s > 0]
    return max(tails, default=0.0)


def _levels(found: list[dict], told: list[str]) -> list[tuple[float | None, float]]:
    """Holm's corrected p of each claim that is tested, and the level at which he decides on it."""
    tested = [
        verdict != "not comparable" and bool(_spreads(each)) and not each["diverged"]
        and "parameters" not in each["said"]["quantity"]
        for each, verdict in zip(found, told, strict=True)
    ]  # fmt: skip
    p = [_p(each) if of else None for each, of in zip(found, tested, strict=True)]
    corrected = holm(p)
    wrong = sum(value is not None and value <= ALPHA for value in corrected)
    order = sorted((value, place) for place, value in enumerate(p) if value is not None)
    levels = [ALPHA] * len(found)
    for rank, (_, place) in enumerate(order):
        levels[place] = ALPHA / (len(order) - min(rank, wrong))
    return list(zip(corrected, levels, strict=True))


def _judged(found: dict, told: str, level: tuple[float | None, float]) -> dict:
    said, (p, alpha), row = found["said"], level, dict(found["row"])
    loss = 0.1 * (said["low"] + said["high"]) / 2 if "loss" in said["quantity"] else 0.02
    exact = "parameters" in said["quantity"]
    room = None if exact or said.get("never") else said.get("room", loss)
    tells = _margin(found, alpha) if p is not None else None
    low, high = _next(found, alpha)
    if exact and told != "not comparable":
        low = high = None
    verdict = _verdict(found, told, p, tells, room)
    row |= {"next_low": low, "next_high": high, "could_tell": tells, "wrong_from": room, "p": p}
    return row | {"verdict": verdict, "why": TEXT, "doubtful": said.get("doubtful") or None}


def _next(found: dict, alpha: float) -> tuple[float | None, float | None]:
    if not _spreads(found):
        return None, None
    mean, wide = float(found["values"].mean()), _margin(found, alpha)
    most = 1.0 if "accuracy" in found["said"]["quantity"] else math.inf
    return max(mean - wide, 0.0), min(mean + wide, most)


def _verdict(found: dict, told: str, p: float | None, tells: float | None, room) -> str:
    said = found["said"]
    nothing = len(found["values"]) + found["diverged"] == 0
    if not found["comparable"] or said.get("never") or nothing or told == "not comparable":
        return "not comparable"
    if "parameters" in said["quantity"]:
        same = said["low"] <= found["values"][0] <= said["high"]
        return "reproduced" if same else "not reproduced"
    if p is None:
        return "can't tell"
    if p <= ALPHA:
        return "not reproduced"
    return "can't tell" if tells > room else "reproduced"
