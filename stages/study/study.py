"""A study: params.yaml, validated whole before any work starts.

Nothing here imports torch: `snakemake -n` validates a study on every start.
"""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from stages.study import (
    data,
    departures,
    expectations,
    groups,
    lessons,
    members,
    old,
    stanzas,
    starts,
    targets,
    tasks,
)
from stages.study.options import allowed, problems, reads
from stages.study.schema import Study
from stages.study.source import Source, read

STAGES = Path(__file__).parent.parent
DATASETS = STAGES / "datasets"
# What lies beside the studies' folders: runs/checked, logs/download/, logs/normalize/.
BESIDE_STUDIES = ("checked", "download", "normalize")
# What lies beside the data sets' folders: runs/{study}/recipes/.
BESIDE_DATASETS = ("recipes",)


def load(path: Path) -> Study:
    """The validated study of a file. Raises Problem."""
    return validate(read(path))


def validate(source: Source) -> Study:
    """Turn what was written into a Study whose recipes are resolved and whose names all exist.

    Raises Problem for the first thing wrong.
    """
    old.refuse(source)
    study = _parsed(source)
    chosen = data.resolve(study.data, known_datasets(), source)
    study = study.model_copy(update={"data": chosen})
    _refuse_wrong_names(study, source)
    groups.refuse_wrong_names(study, source)
    starts.refuse_wrong_starts(study, source)
    departures.refuse_unknown_rungs(study, source)
    study = expectations.with_quantities(_resolved(study, source), source)
    expectations.refuse_wrong_names(study, source)
    groups.refuse_wrong_axes(study, source)
    groups.refuse_wrong_choices(study, source)
    starts.refuse_other_networks(study, source)
    members.refuse_votes_of_equals(study, source)
    targets.refuse_others(study, source)
    if study.precision == "tf32" and study.device == "cpu":
        text = "found tf32, which only GPUs multiply in, but device: cpu"
        raise source.problem(("precision",), f"{text}; say float32, bfloat16 or auto")
    for technique in [*study.trained, *study.started]:
        _refuse_what_budget_lacks(study, technique, source)
        members.refuse_wrong_members(study, technique, source)
        data.refuse_two_samplings(study.slots(technique), ("techniques", technique), source)
    return study


def known_datasets() -> list[str]:
    """The names of all data sets: the modules of stages/datasets/ that load one."""
    return sorted(
        file.stem
        for file in DATASETS.glob("[a-z]*.py")
        if "\ndef load(" in file.read_text(encoding="utf-8")
    )


def _parsed(source: Source) -> Study:
    try:
        return Study.model_validate(source.values)
    except ValidationError as error:
        path, text = problems(error, Study)[0]
        raise source.problem(tuple(step for step in path if step != "[key]"), text) from error


def _resolved(study: Study, source: Source) -> Study:
    techniques = stanzas.resolve(study.techniques, study.budget, source)
    labels = stanzas.labels(study.techniques, study.labels, source)
    return study.model_copy(update={"techniques": techniques, "labels": labels})


def _refuse_wrong_names(study: Study, source: Source) -> None:
    """Names of data sets, the task, rungs and ensembles: each exists, and stands there once."""
    _refuse_in_use(("study",), study.study, BESIDE_STUDIES, source)
    for name in study.data:
        _refuse_in_use(("data", name), name, BESIDE_DATASETS, source)
    for i, name in enumerate(study.datasets):
        _refuse_in_use(("datasets", i), name, BESIDE_DATASETS, source)
    _refuse_unknown(("datasets",), study.datasets, [*known_datasets(), *study.data], source)
    data.refuse_without_stanza(study.datasets, source)
    tasks.refuse_unknown(study.task, [ensemble.combine for ensemble in study.ensembles], source)
    lessons.refuse_wrong_names(study.lessons, source)
    _refuse_unknown(("ladder",), study.ladder, study.techniques, source)
    _refuse_unknown(("beside",), study.beside, study.techniques, source)
    _refuse_duplicates("datasets", study.datasets, source)
    _refuse_duplicates("ladder", study.ladder, source)
    _refuse_duplicates("beside", study.trained, source)
    _refuse_duplicates("ensembles", study.rungs, source)
    for i, ensemble in enumerate(study.ensembles):
        if ensemble.of not in study.trained:
            text = f"{ensemble.of!r} is not a trained rung; {allowed(ensemble.of, study.trained)}"
            raise source.problem(("ensembles", i, "of"), text)


def _refuse_in_use(path: tuple, name: str, taken: tuple[str, ...], source: Source) -> None:
    if name in taken:
        used = f"the name of a file or folder in use ({', '.join(taken)})"
        raise source.problem(path, f"{name!r} is {used}; choose another name")


def _refuse_unknown(path: tuple, names: list[str], known: Iterable[str], source: Source) -> None:
    for i, name in enumerate(names):
        if name not in known:
            raise source.problem((*path, i), f"{name!r} is not defined; {allowed(name, known)}")


def _refuse_duplicates(kind: str, names: list[str], source: Source) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            text = f"{name!r} stands here twice; remove or rename one of them"
            raise source.problem((kind,), text)


def _refuse_what_budget_lacks(study: Study, technique: str, source: Source) -> None:
    """Batches too small to normalize over, and choices by validation images that aren't there."""
    budget, slots_of = study.budget_of(technique), study.slots(technique)
    path, own = ("techniques", technique), study.techniques[technique].get("budget", {})
    if budget.batch_size == 1 and "normalization" in slots_of:
        text = f"found 1, but {technique} normalizes over the images of a batch"
        place = (*(path if "batch_size" in own else ()), "budget", "batch_size")
        raise source.problem(place, f"{text}; it must be 2 or more")
    validated = budget.validation > 0 or "split" in slots_of
    for slot, choice in slots_of.items() if not validated else ():
        name = None if isinstance(choice, list) else next(iter(choice))
        if name and (reads(slot, name, "losses") or reads(slot, name, "scores")):
            text = f"{name!r} goes by validation images, but budget.validation is 0"
            raise source.problem((*path, slot), f"{text}; set it above 0, or remove the slot")
