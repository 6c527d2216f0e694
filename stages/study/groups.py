"""What must be true of the groups of a study's comparisons."""

from stages.study.axes import is_number, places
from stages.study.local import on
from stages.study.options import allowed
from stages.study.schema import PREVIOUS, Group, Study
from stages.study.source import Source


def refuse_wrong_names(study: Study, source: Source) -> None:
    """Raise Problem where a group names a rung that is not trained, or compares nothing."""
    if PREVIOUS in study.techniques:
        text = f"{PREVIOUS!r} is what a group is compared against; name the rung otherwise"
        raise source.problem(("techniques", PREVIOUS), text)
    titles: list[str] = []
    for i, group in enumerate(study.comparisons):
        path = ("comparisons", i)
        if group.title in titles:
            raise source.problem((*path, "title"), f"{group.title!r} stands here twice; rename one")
        titles.append(group.title)
        _refuse_wrong_rungs(group, study, path, source)
        _refuse_nowhere(group, study, path, source)


def _refuse_wrong_rungs(group: Group, study: Study, path: tuple, source: Source) -> None:
    trained = [*study.trained, *study.started]
    for k, rung in enumerate(group.rungs):
        if rung not in trained:
            text = f"{rung!r} is not trained; {allowed(rung, trained)}"
            raise source.problem((*path, "rungs", k), _with_beside(text, rung, study))
        if rung in group.rungs[:k]:
            text = f"{rung!r} stands here twice; remove one of them"
            raise source.problem((*path, "rungs", k), text)
    if group.against not in [PREVIOUS, *trained]:
        names = allowed(group.against, [PREVIOUS, *trained])
        text = _with_beside(f"{group.against!r} is not trained; {names}", group.against, study)
        raise source.problem((*path, "against"), text)
    if group.rungs == [group.against] or (group.against == PREVIOUS and len(group.rungs) == 1):
        text = f"{group.rungs[0]!r} is compared with nothing here; add another rung"
        raise source.problem((*path, "rungs"), text)


def _refuse_nowhere(group: Group, study: Study, path: tuple, source: Source) -> None:
    """Rungs that begin with another's weights may be trained on different data sets."""
    written = study.model_dump()
    there = (on(written, dataset)["comparisons"] for dataset in study.datasets)
    if not any(each["title"] == group.title for groups in there for each in groups):
        text = "no two of these that it compares are trained on one data set"
        raise source.problem((*path, "rungs"), f"{text}; add another rung")


def refuse_wrong_choices(study: Study, source: Source) -> None:
    """Raise Problem where validation images are to choose, but there are none, or nothing to choose
    from. `study` is resolved."""
    for i, group in enumerate(study.comparisons):
        path = ("comparisons", i, "choose")
        if group.choose and len(group.rungs) < 2:
            raise source.problem(path, "there is one rung to choose from; add one, or remove it")
        for rung in group.rungs if group.choose else ():
            if study.budget_of(rung).validation == 0:
                text = f"{rung!r} has no validation images, which are to choose"
                raise source.problem(path, f"{text}; set budget.validation above 0, or remove it")


def _with_beside(text: str, rung: str, study: Study) -> str:
    return f"{text}; or add it to beside" if rung in study.techniques else text


def refuse_wrong_axes(study: Study, source: Source) -> None:
    """Raise Problem where an axis is none: a rung has no such number, all have the same, or two
    rungs have one place. `study` is resolved."""
    for i, group in enumerate(study.comparisons):
        path = ("comparisons", i)
        if group.series is not None and not group.axis:
            text = f"found {group.series!r}, but there is no axis; add one, or remove this"
            raise source.problem((*path, "series"), text)
        of = _values(group, study, path, source)
        for k, place in enumerate(group.axis):
            if len({values[place] for values in of.values()}) < 2:
                same = of[group.rungs[0]][place]
                text = f"{place} is {same} in all of these rungs; name one in which they differ"
                raise source.problem((*path, "axis", k), text)
        _refuse_one_place_twice(group, of, path, source)


def _values(group: Group, study: Study, path: tuple, source: Source) -> dict[str, dict]:
    """{rung: {place: value}} of a group's axes and series."""
    named = [(*path, "axis", k) for k in range(len(group.axis))] + [(*path, "series")]
    wanted = dict(zip([*group.axis, group.series], named, strict=True))
    of: dict[str, dict] = {}
    written = study.model_dump()
    for rung in group.rungs:
        known = places(written, rung, list(wanted))
        for place, where in wanted.items():
            if place is not None and place not in known:
                text = f"{rung!r} has no {place}; {allowed(place, known)}"
                raise source.problem(where, text)
            if place in group.axis and not is_number(known[place]):
                _refuse_words(
                    group, place, f"{place} of {rung!r} is {known[place]!r}", where, source
                )
        of[rung] = {place: known[place] for place in wanted if place is not None}
    return of


def _refuse_words(group: Group, place: str, found: str, where: tuple, source: Source) -> None:
    """Raise Problem for a place on an axis that is no number, unless a heat map's whole slot."""
    if len(group.axis) == 1:
        raise source.problem(where, f"{found}, no number; name it as series, or add a second axis")
    if "." in place:
        raise source.problem(where, f"{found}, no number; name the slot alone")


def _refuse_one_place_twice(group: Group, of: dict, path: tuple, source: Source) -> None:
    taken: dict[tuple, str] = {}
    for rung, values in of.items() if group.axis else ():
        other = taken.setdefault(tuple(values.values()), rung)
        if other != rung:
            at = ", ".join(f"{place} {given}" for place, given in values.items())
            text = (
                f"{other!r} and {rung!r} have one place ({at}); name what sets them apart as series"
            )
            raise source.problem((*path, "axis"), text)
