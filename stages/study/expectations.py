"""What must be true of a study's predictions: their rungs, groups and data sets exist, and their
quantities are measured."""

from stages.study import tasks
from stages.study.expectation import GAP, Expectation
from stages.study.local import on
from stages.study.options import allowed
from stages.study.schema import Study
from stages.study.source import Source

PARTS = ("test", "validation", "train")


def with_quantities(study: Study, source: Source) -> Study:
    """The study with a quantity in each prediction: the test score where none is given. Raises
    Problem for one that is not measured, or whose unit or ranking a prediction mistakes."""
    score = tasks.score(study.task)
    names = [f"{part}_{what}" for what in (score, "loss") for part in PARTS]
    # Of a gap of other scores nobody could say what it is in.
    names += [GAP, "parameters", "trainable_parameters"]
    expect = []
    for i, expected in enumerate(study.expect):
        quantity = f"test_{score}" if expected.quantity is None else expected.quantity
        if quantity not in names:
            text = f"found {quantity!r}; {allowed(quantity, names)}"
            raise source.problem(("expect", i, "quantity"), text)
        expect.append(expected.model_copy(update={"quantity": quantity}))
        _refuse_wrong_unit(expect[-1], names[:-3], ("expect", i), source)
    return study.model_copy(update={"expect": expect})


def _refuse_wrong_unit(
    expected: Expectation, ranked: list[str], path: tuple, source: Source
) -> None:
    """Bounds that a share can't have, and a ranking by what is neither better nor worse."""
    quantity = expected.quantity
    for key, low, high in expected.units():
        value = getattr(expected, key)
        if value is not None and not low <= value <= high:
            share = f"a share from {low:g} to {high:g}: 86 % is 0.86"
            raise source.problem((*path, key), f"found {value:g}, {quantity} is {share}")
    ranks = expected.better_than is not None or expected.best_of is not None
    if ranks and quantity not in ranked:
        text = f"more {quantity} is neither better nor worse"
        raise source.problem((*path, "quantity"), text)


def refuse_wrong_names(study: Study, source: Source) -> None:
    """Raise Problem where a prediction can't be judged by what the study measures."""
    titles = [group.title for group in study.comparisons]
    known = [*study.rungs, *study.started]
    for i, expected in enumerate(study.expect):
        path = ("expect", i)
        for place, rung in _rungs(expected):
            if rung not in known:
                text = f"{rung!r} is not a rung of this study; {allowed(rung, known)}"
                raise source.problem((*path, *place), text)
            _refuse_unmeasured(expected, rung, study, path, source)
        if expected.group is not None and expected.group not in titles:
            text = (
                f"{expected.group!r} is not the title of a group; {allowed(expected.group, titles)}"
            )
            raise source.problem((*path, "group"), text)
        if expected.group is not None and _alone(expected.group, study):
            text = f"{expected.group!r} has one rung, so no range; add a rung to the group"
            raise source.problem((*path, "group"), text)
        for key in ("dataset", "against_dataset"):
            dataset = getattr(expected, key)
            if dataset is not None and dataset not in study.datasets:
                text = f"{dataset!r} is not a data set of this study"
                names = allowed(dataset, study.datasets)
                raise source.problem((*path, key), f"{text}; {names}")
        _refuse_other_images(expected, study, path, source)
        _refuse_not_there(expected, study, path, source)


def _refuse_not_there(expected: Expectation, study: Study, path: tuple, source: Source) -> None:
    """A rung that begins with another's weights is not trained on every data set."""
    written, dumped = study.model_dump(), expected.model_dump()
    asked = study.datasets if expected.dataset is None else [expected.dataset]
    there = [name for name in asked if is_about(dumped, on(written, name))]
    other = expected.against_dataset
    if there and (other is None or expected.difference[1] in rungs_on(on(written, other))):
        return
    named = [rung for _, rung in _rungs(expected)] or [f"the group {expected.group!r}"]
    where = f"on {expected.dataset}" if expected.dataset else "on one data set"
    text = f"{', '.join(named)}: not all trained {where if other is None else 'on these data sets'}"
    raise source.problem(path, f"{text}; name other rungs or a data set of their starts")


def rungs_on(here: dict) -> list[str]:
    """Every rung of a study as it is on one data set (local.py)."""
    combined = [ensemble["name"] for ensemble in here["ensembles"]]
    return [*here["ladder"], *here["beside"], *combined]


def is_about(expected: dict, here: dict) -> bool:
    """Whether a prediction (as study.json has it) is about the data set of a study as it is there
    (local.py): all its rungs, or enough rungs of its group, are trained on it."""
    if expected["dataset"] not in (None, *here["datasets"]):
        return False
    first = [expected[key] for key in ("rung", "better_than") if expected[key]]
    pair = (expected["difference"] or [])[: 1 if expected["against_dataset"] else 2]
    named = [*first, *pair, *(expected["best_of"] or [])]
    groups = [group["title"] for group in here["comparisons"] if len(group["rungs"]) > 1]
    return set(named) <= set(rungs_on(here)) and expected["group"] in (None, *groups)


def _refuse_other_images(expected: Expectation, study: Study, path: tuple, source: Source) -> None:
    """Two data sets are compared image by image, so that their test images must be the same."""
    names = expected.dataset, expected.against_dataset
    if expected.against_dataset is None:
        return
    given = [study.data.get(name, {"of": name, "classes": None}) for name in names]
    one, other = ((options["of"], options["classes"]) for options in given)
    if one != other:
        text = (
            f"{names[0]!r} and {names[1]!r} have other test images; compare data sets of the same"
        )
        raise source.problem((*path, "against_dataset"), f"{text} `of` and classes")


def _alone(title: str, study: Study) -> bool:
    return any(group.title == title and len(group.rungs) == 1 for group in study.comparisons)


def _rungs(expected: Expectation) -> list[tuple[tuple, str]]:
    """Each rung that a prediction names, with its place in it."""
    found = [((key,), getattr(expected, key)) for key in ("rung", "better_than")]
    for key in ("difference", "best_of"):
        found += [((key, k), rung) for k, rung in enumerate(getattr(expected, key) or [])]
    return [(place, rung) for place, rung in found if rung is not None]


def _refuse_unmeasured(
    expected: Expectation, rung: str, study: Study, path: tuple, source: Source
) -> None:
    quantity = expected.quantity
    if rung not in [*study.trained, *study.started] and not quantity.startswith("test_"):
        tested = f"test_{tasks.score(study.task)}, test_loss"
        text = f"{rung!r} is an ensemble, which has no {quantity}; allowed: {tested}"
        raise source.problem((*path, "quantity"), text)
    if "validation" in quantity and study.budget_of(rung).validation == 0:
        text = f"{rung!r} has no {quantity}: budget.validation is 0; set it above 0, or remove this"
        raise source.problem((*path, "quantity"), text)
