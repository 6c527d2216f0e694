"""What must be true of rungs that begin with another's weights, and in which order they come."""

from stages.study import data
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
        _refuse_another(start, study.starts[:i], path, source)
        begins.setdefault(start.rung, start)
    for i, start in enumerate(study.starts):
        _refuse_circle(start, begins, ("starts", i), source)
        _refuse_wrong_place(start, study, ("starts", i), source)


def _refuse_another(start: Start, before: list[Start], path: tuple, source: Source) -> None:
    """A rung has one recipe, on whatever data sets, and so one beginning."""
    for other in before:
        if other.rung != start.rung:
            continue
        text = f"{start.rung!r} begins once on each data set, and always with the same weights"
        if other.dataset == start.dataset:
            raise source.problem((*path, "rung"), f"{text}; remove one of the two")
        if other.model_copy(update={"dataset": start.dataset}) != start:
            what = f"give the other a stanza {{like: {start.rung}}}"
            raise source.problem((*path, "rung"), f"{text}; {what}")


def refuse_other_networks(study: Study, source: Source) -> None:
    """Raise Problem where a rung begins with a network that is not its own, or fine-tunes what it
    has not taken over; `study` is resolved."""
    for rung in study.trained:
        if "fine_tuning" in study.techniques[rung]:
            text = f"{rung!r} takes over nothing; name it in starts instead, or remove the slot"
            raise source.problem(("techniques", rung, "fine_tuning"), text)
    for i, start in enumerate(study.starts):
        path, one, other = ("starts", i, "from"), start.rung, start.from_
        _refuse_other_images(start, study, ("starts", i), source)
        for slot in LAYERS:
            own, its = (_layers(study.techniques[rung], slot) for rung in (one, other))
            if own != its:
                text = f"{other!r} has {slot} {its}, but {one!r}, which takes its weights, {own}"
                raise source.problem(path, f"{text}; give both the same")
        few, many = study.budget_of(other).members, study.budget_of(one).members
        if few < many:
            text = f"{other!r} has {few} members, but {one!r} has {many}, each of which needs one"
            raise source.problem(path, text)


def _refuse_other_images(start: Start, study: Study, path: tuple, source: Source) -> None:
    """Weights fit images of one form, and a classifier so many classes."""
    pair = start.dataset, start.from_dataset
    own, its = (data.shape(name, study.data) for name in pair)
    if own != its:
        texts = ["x".join(map(str, shape)) for shape in (its, own)]
        text = f"images of {pair[1]} are {texts[0]} (channels, height, width), but of {pair[0]}"
        what = "give both one form by size, gray or rgb"
        raise source.problem((*path, "from_dataset"), f"{text} {texts[1]}; {what}")
    own, its = (data.count_classes(name, study.data) for name in pair)
    if start.take == "all" and None not in (own, its) and own != its:
        text = f"{pair[1]} has {its} classes, but {pair[0]} has {own}, which need a new classifier"
        raise source.problem(path, f"{text}; add take: features")


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


def _refuse_wrong_place(start: Start, study: Study, path: tuple, source: Source) -> None:
    """A rung that begins with weights itself is not trained on every data set."""
    if start.from_dataset not in (known := study.datasets_of(start.from_)):
        text = f"{start.from_!r} is trained on {', '.join(known)}, not on {start.from_dataset}"
        raise source.problem((*path, "from_dataset"), text)
