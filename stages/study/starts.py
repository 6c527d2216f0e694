"""What must be true of rungs that begin with another's weights, and in which order they come."""

from stages.study.comparisons import describe
from stages.study.options import allowed
from stages.study.schema import Start, Study
from stages.study.source import Source

# The slots that decide which layers a network has, and so the names of its weights.
LAYERS = ("network", "normalization", "dropout")


def refuse_wrong_starts(study: Study, source: Source) -> None:
    """Raise Problem where a start's names do not exist, or what it begins with can't be loaded."""
    names = {ensemble.name for ensemble in study.ensembles} | set(study.trained)
    begins: dict[str, Start] = {}
    for i, start in enumerate(study.starts):
        path = ("starts", i)
        _refuse_unknown(start, study, path, source)
        if start.rung in names:
            text = "is trained once, by its start; remove it from ladder, beside and ensembles"
            raise source.problem((*path, "rung"), f"{start.rung!r} {text}")
        if start.rung in begins:
            text = f"{start.rung!r} begins once; give the other a stanza {{like: {start.rung}}}"
            raise source.problem((*path, "rung"), text)
        begins[start.rung] = start
    for i, start in enumerate(study.starts):
        _refuse_circle(start, begins, ("starts", i), source)
        _refuse_wrong_place(start, begins, ("starts", i), source)


def refuse_other_networks(study: Study, source: Source) -> None:
    """Raise Problem where a rung begins with a network that is not its own; `study` is resolved."""
    for i, start in enumerate(study.starts):
        path, one, other = ("starts", i, "from"), start.rung, start.from_
        for slot in LAYERS:
            own, its = (_layers(study.techniques[rung], slot) for rung in (one, other))
            if own != its:
                text = f"{other!r} has {slot} {its}, but {one!r}, which takes its weights, {own}"
                raise source.problem(path, f"{text}; give both the same")
        few, many = study.budget_of(other).members, study.budget_of(one).members
        if few < many:
            text = f"{other!r} has {few} members, but {one!r} has {many}, each of which needs one"
            raise source.problem(path, text)


def _layers(technique: dict, slot: str) -> str:
    """The layers that a slot makes, in words; only the network's options change a shape."""
    if slot not in technique:
        return "none"
    return describe(slot, technique[slot]) if slot == "network" else next(iter(technique[slot]))


def _refuse_unknown(start: Start, study: Study, path: tuple, source: Source) -> None:
    if start.rung not in study.techniques:
        text = f"{start.rung!r} is not defined; {allowed(start.rung, study.techniques)}"
        raise source.problem((*path, "rung"), text)
    trained = [*study.trained, *study.started]
    if start.from_ not in trained:
        text = f"{start.from_!r} is not trained; {allowed(start.from_, trained)}"
        raise source.problem((*path, "from"), text)
    for key in ("dataset", "from_dataset"):
        if (dataset := getattr(start, key)) not in study.datasets:
            text = (
                f"{dataset!r} is not a data set of this study; {allowed(dataset, study.datasets)}"
            )
            raise source.problem((*path, key), text)


def _refuse_circle(start: Start, begins: dict[str, Start], path: tuple, source: Source) -> None:
    chain = [start.rung]
    while chain[-1] in begins:
        chain.append(begins[chain[-1]].from_)
        if chain[-1] == start.rung:
            circle = " begins with ".join(chain)
            raise source.problem((*path, "from"), f"{circle}: a circle; let one begin by itself")
        if chain[-1] in chain[:-1]:
            return


def _refuse_wrong_place(start: Start, begins: dict, path: tuple, source: Source) -> None:
    """A rung that begins with weights itself is trained on one data set alone."""
    if (first := begins.get(start.from_)) and start.from_dataset != first.dataset:
        text = f"{start.from_!r} is trained on {first.dataset}, not on {start.from_dataset}"
        raise source.problem((*path, "from_dataset"), text)
