"""What `evaluate` writes into the folder of each rung, computed anew from predictions.npz and the
true classes."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from audited_files import Run, known
from audited_numbers import accuracy, learned, share_that_learns, those_that_count
from sklearn import metrics

BINS = 10
# Of the test images the first ones are shown, the first of each class, and the surest errors.
FIRST, OF_CLASS, ERRORS = 25, 8, 12


def chance(run: Run) -> float:
    """The accuracy of always predicting the most frequent class."""
    return float(np.unique(run.truth, return_counts=True)[1].max() / len(run.truth))


def able(run: Run) -> np.ndarray:
    """Which networks have learned."""
    return learned(run.right, chance(run)) & ~run.diverged


def that_count(run: Run) -> np.ndarray:
    """Which networks a rung's numbers are of."""
    return those_that_count(able(run))


def losses(softmax: np.ndarray, truth: np.ndarray) -> list[float]:
    """The mean cross-entropy of each network; not a number where it diverged."""
    of_truth = softmax[:, np.arange(len(truth)), truth].astype(np.float64)
    means = -np.log(np.maximum(of_truth, 1e-12)).mean(axis=1)
    finite = np.isfinite(softmax).all(axis=(1, 2))
    return np.where(finite, means, np.nan).tolist()


def members(run: Run) -> list[dict]:
    softmax, full = run.arrays["test_predictions"], run.full
    part = losses(softmax[:, :full], run.truth[:full]) if full else [math.nan] * len(softmax)
    of_all, has = losses(softmax, run.truth), able(run)
    return [
        {
            "member": i,
            "accuracy": float(right.mean()),
            "loss": of_all[i],
            "diverged": int(run.diverged[i]),
            "learned": int(has[i]),
            "accuracy_full_batches": float(right[:full].mean()) if full else None,
            "loss_full_batches": part[i],
        }
        for i, right in enumerate(run.right)
    ]


def curve(run: Run) -> list[dict]:
    """Of a training after every epoch, of an ensemble over 1, 2, ... of its networks."""
    right, full = run.arrays["curve_predictions"] == run.truth, run.full
    places = zip(run.arrays["curve_series"], run.arrays["curve_step"], right, strict=True)
    return [
        {
            "series": int(series),
            "step": int(step),
            "accuracy": float(of.mean()),
            "accuracy_full_batches": float(of[:full].mean()) if full else None,
        }
        for series, step, of in places
    ]


def robustness(run: Run) -> list[dict]:
    softmax = known(run.arrays["robustness_predictions"])
    n = softmax.shape[2]
    right = (softmax.argmax(axis=3) == run.truth[:n]).mean(axis=2)
    settings = zip(
        *(run.arrays[f"robustness_{of}"] for of in ("kind", "unit", "amount")), strict=True
    )
    return [
        {
            "transform": str(kind),
            "unit": str(unit),
            "amount": float(amount),
            "member": member,
            "images": n,
            "accuracy": float(right[member, setting]),
        }
        for setting, (kind, unit, amount) in enumerate(settings)
        for member in range(len(right))
    ]


def _pooled(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted classes of all networks that count, one after the other."""
    of = run.predicted[that_count(run)]
    return np.tile(run.truth, len(of)), of.argmax(axis=2).ravel()


def confusion(run: Run, names: list[str]) -> list[dict]:
    counts = metrics.confusion_matrix(*_pooled(run), labels=range(len(names)))
    return [
        {"truth": truth, "prediction": predicted, "count": int(counts[i, j])}
        for i, truth in enumerate(names)
        for j, predicted in enumerate(names)
    ]


def per_class(run: Run, names: list[str]) -> list[dict]:
    found = _pooled(run)
    options = {"labels": range(len(names)), "average": None, "zero_division": np.nan}
    precision, recall = (
        of(*found, **options).tolist() for of in (metrics.precision_score, metrics.recall_score)
    )
    return [
        {
            "class": name,
            "images": int((run.truth == i).sum()),
            "precision": precision[i],
            "recall": recall[i],
        }
        for i, name in enumerate(names)
    ]


def calibration(run: Run) -> list[dict]:
    """Accuracy by confidence in bins of one width, over the networks that count and have not
    diverged."""
    of = run.predicted[that_count(run) & ~run.diverged]
    sure = of.max(axis=2).astype(np.float64).ravel()
    right = (of.argmax(axis=2) == run.truth).ravel()
    edges = np.arange(BINS + 1) / BINS
    place = np.clip(np.searchsorted(edges, sure, side="right") - 1, 0, BINS - 1)
    rows = []
    for i in range(BINS):
        here = place == i
        none = not here.any()
        row = {"low": edges[i], "high": edges[i + 1], "count": int(here.sum())}
        row["confidence"] = None if none else float(sure[here].mean())
        rows.append(row | {"accuracy": None if none else float(right[here].mean())})
    return rows


def calibration_error(run: Run) -> float | None:
    """Expected calibration error: |accuracy - confidence| over bins, weighted by their counts."""
    filled = [row for row in calibration(run) if row["count"]]
    if not filled:
        return None
    distances = [abs(row["confidence"] - row["accuracy"]) for row in filled]
    return float(np.average(distances, weights=[row["count"] for row in filled]))


def summary(run: Run) -> dict:
    """What stands in metrics.json."""
    counts, has = that_count(run), able(run)
    right = run.right[counts]
    mean, low, high = accuracy(right)
    known = np.array(losses(run.arrays["test_predictions"], run.truth))[counts]
    known = known[np.isfinite(known)]
    ends = share_that_learns(int(has.sum()), len(has))
    return {
        "accuracy": mean,
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_std": float(np.std(right.mean(axis=1), ddof=1)) if len(right) > 1 else None,
        "chance": chance(run),
        "loss": float(known.mean()) if len(known) else None,
        "members": len(has),
        "learned_members": int(has.sum()),
        "learned_low": ends[0],
        "learned_high": ends[1],
        "diverged_members": int(run.diverged.sum()),
        "test_images": len(run.truth),
        "calibration_error": calibration_error(run),
    }


def together(run: Run) -> np.ndarray:
    """The mean softmax outputs [n, classes] of the networks that did not diverge."""
    alive = run.predicted[~run.diverged]
    classes = run.predicted.shape[2]
    return alive.mean(axis=0) if len(alive) else np.full(run.predicted.shape[1:], 1 / classes)


def disputed(runs: list[Run]) -> list[int]:
    """The ten test images that nearest to half of the rungs classify correctly."""
    share = np.mean([together(run).argmax(axis=1) == run.truth for run in runs], axis=0)
    return sorted(range(len(share)), key=lambda i: (abs(share[i] - 0.5), i))[:10]


def shown(run: Run, names: list[str], picks: Sequence[int] = ()) -> Iterator[dict]:
    """What a rung predicts for the test images that the page shows: the first, the first of each
    class, the errors of all networks together that are the surest, and the `picks`."""
    mean = together(run)
    sure, said = mean.max(axis=1), mean.argmax(axis=1)
    errors = sorted(np.flatnonzero(said != run.truth), key=lambda i: (-sure[i], i))[:ERRORS]
    of_class = [np.flatnonzero(run.truth == label)[:OF_CLASS] for label in range(len(names))]
    places = {*range(min(FIRST, len(sure))), *errors, *(i for of in of_class for i in of), *picks}
    own = run.arrays["test_predictions"].argmax(axis=2) == run.truth
    for i in sorted(map(int, places)):
        yield {
            "index": i,
            "truth": names[run.truth[i]],
            "prediction": names[said[i]],
            "confidence": float(sure[i]),
            "correct": float(own[:, i].mean()),
            "error": int(i in errors),
            "disputed": picks.index(i) + 1 if i in picks else None,
        }


def tables(run: Run, names: list[str]) -> dict[str, list[dict]]:
    """Every CSV that `evaluate` writes."""
    return {
        "members": members(run),
        "curve": curve(run),
        "robustness": robustness(run),
        "confusion": confusion(run, names),
        "per_class": per_class(run, names),
        "calibration": calibration(run),
        "references": [],
    }
