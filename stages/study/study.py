"""A study: params.yaml, validated whole before any work starts.

Nothing here imports torch: `snakemake -n` validates a study on every start.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from pydantic import AfterValidator, StringConstraints, ValidationError

from stages.study import tasks
from stages.study.options import Strict, allowed, options, problems, reads, shortened
from stages.study.source import Source, read
from stages.techniques.options import Count, Fraction, slots

STAGES = Path(__file__).parent.parent
DATASETS = STAGES / "datasets"
REQUIRED = ("network", "activation", "initialization", "optimizer")
LISTS = ("augmentation",)
NONE = "none"
# What lies beside the studies' folders: runs/checked, logs/download/, logs/normalize/.
IN_USE = ("checked", "download", "normalize")

# Names become folders and DVC stages.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=64)]


def _device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", value):
        raise ValueError(f"found {value!r}, it must be 'auto', 'cpu', 'cuda' (any free GPU), or 'cuda:1' (that one)")
    return value


class Budget(Strict):
    """What all rungs share: a ladder compares ideas, not patience."""

    epochs: Count
    batch_size: Count
    members: Count
    validation: Fraction
    seed: Annotated[int, Ge(0)] = 0


class Ablations(Strict):
    """Trained rungs that leave something out of rung `of`, with which each of them is compared."""

    of: Name | None = None
    # Without a default, because DVC reads it from params.yaml.
    rungs: list[Name]


class Ensemble(Strict):
    """A rung that is not trained: the members of rung `of`, their predictions combined."""

    name: Name
    of: Name
    combine: Name


class Study(Strict):
    """One study; `techniques` holds resolved slots: {technique: {slot: {name: options}}}, lists of these where order matters.

    A technique's key `budget` is no slot: it holds the values of the budget that this technique has for itself.
    """

    study: Name
    title: str = ""
    departures: list[str] = []
    datasets: Annotated[list[Name], Len(1)]
    task: Name = "classification"
    device: Annotated[str, AfterValidator(_device)] = "auto"
    threads: Count = 1
    precision: Literal["float32", "bfloat16", "auto"] = "auto"
    deterministic: bool = True
    cuda_graph: bool = False
    tensorboard: bool = False
    budget: Budget
    ladder: Annotated[list[Name], Len(1)]
    ablations: Ablations
    ensembles: list[Ensemble]
    techniques: dict[Name, dict[str, Any]]

    @property
    def trained(self) -> list[str]:
        """Every rung that is trained: the ladder, then the ablations."""
        return self.ladder + self.ablations.rungs

    @property
    def rungs(self) -> list[str]:
        """Every rung in the order of the report: the trained ones, then the ensembles."""
        return self.trained + [ensemble.name for ensemble in self.ensembles]

    def slots(self, technique: str) -> dict[str, Any]:
        """The resolved slots of a technique."""
        return {slot: choice for slot, choice in self.techniques[technique].items() if slot != "budget"}

    def budget_of(self, technique: str) -> Budget:
        """The budget of a technique: the study's, but for the values that it has for itself."""
        return self.budget.model_copy(update=self.techniques[technique].get("budget", {}))


def load(path: Path) -> Study:
    """The validated study of a file. Raises Problem."""
    return validate(read(path))


def validate(source: Source) -> Study:
    """Turn what was written into a Study whose recipes are resolved and whose names all exist. Raises Problem for the first thing wrong."""
    try:
        study = Study.model_validate(source.values)
    except ValidationError as error:
        path, text = problems(error, Study)[0]
        raise source.problem(tuple(step for step in path if step != "[key]"), text) from error
    if study.study in IN_USE:
        used = f"the name of a file or folder in use ({', '.join(IN_USE)})"
        raise source.problem(("study",), f"{study.study!r} is {used}; choose another name")
    _refuse_unknown(("datasets",), study.datasets, known_datasets(), source)
    tasks.refuse_unknown(study.task, [ensemble.combine for ensemble in study.ensembles], source)
    _refuse_unknown(("ladder",), study.ladder, study.techniques, source)
    _refuse_unknown(("ablations", "rungs"), study.ablations.rungs, study.techniques, source)
    for kind, names in (("datasets", study.datasets), ("ladder", study.ladder), ("ablations", study.trained), ("ensembles", study.rungs)):
        _refuse_duplicates(kind, names, source)
    if study.ablations.rungs and study.ablations.of not in study.ladder:
        of = study.ablations.of
        raise source.problem(("ablations", "of"), f"{of!r} is not a rung of the ladder; {allowed(of, study.ladder)}")
    for i, ensemble in enumerate(study.ensembles):
        if ensemble.of not in study.trained:
            text = f"{ensemble.of!r} is not a trained rung; {allowed(ensemble.of, study.trained)}"
            raise source.problem(("ensembles", i, "of"), text)
    techniques = {name: _resolve_stanza(name, stanza, study.budget, source) for name, stanza in study.techniques.items()}
    study = study.model_copy(update={"techniques": techniques})
    for technique in study.trained:
        _refuse_what_budget_lacks(study, technique, source)
    return study


def known_datasets() -> list[str]:
    """The names of all data sets: the modules of stages/datasets/ that load one."""
    return sorted(file.stem for file in DATASETS.glob("[a-z]*.py") if "\ndef load(" in file.read_text(encoding="utf-8"))


def _refuse_unknown(path: tuple, names: list[str], known, source: Source) -> None:
    for i, name in enumerate(names):
        if name not in known:
            raise source.problem((*path, i), f"{name!r} is not defined; {allowed(name, known)}")


def _refuse_duplicates(kind: str, names: list[str], source: Source) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise source.problem((kind,), f"{name!r} stands here twice; remove or rename one of them")


def _refuse_what_budget_lacks(study: Study, technique: str, source: Source) -> None:
    """A batch that can't be normalized over, and choices by a validation loss that isn't measured."""
    budget, slots_of, path = study.budget_of(technique), study.slots(technique), ("techniques", technique)
    own = study.techniques[technique].get("budget", {})
    if budget.batch_size == 1 and "normalization" in slots_of:
        text = f"found 1, but {technique} normalizes over the images of a batch; it must be 2 or more"
        raise source.problem((*(path if "batch_size" in own else ()), "budget", "batch_size"), text)
    for slot, choice in slots_of.items():
        if budget.validation == 0 and not isinstance(choice, list) and reads(slot, *choice, "losses"):
            text = f"{next(iter(choice))!r} goes by the validation loss, but budget.validation is 0; set it above 0, or remove the slot"
            raise source.problem((*path, slot), text)


def _resolve_stanza(name: str, stanza: dict, budget: Budget, source: Source) -> dict:
    """The slots of a technique with all options, and the values of the budget that it has for itself."""
    path = ("techniques", name)
    own = stanza.get("budget", {})
    stanza = {slot: value for slot, value in stanza.items() if slot != "budget"}
    resolved = _resolve_slots(stanza, path, source)
    return resolved | ({"budget": _own_budget(own, (*path, "budget"), budget, source)} if own != {} else {})


def _own_budget(own: Any, path: tuple, budget: Budget, source: Source) -> dict:
    known = [key for key in Budget.model_fields if key != "seed"]
    if not isinstance(own, dict):
        raise source.problem(
            path, f"found {shortened(own)}, it must be values of the budget like {{epochs: 1}}; allowed: {', '.join(known)}"
        )
    if "seed" in own:
        raise source.problem((*path, "seed"), "the seed is the study's, so that rungs can be compared member by member; remove it here")
    try:
        return Budget.model_validate(budget.model_dump() | own).model_dump(include=set(own))
    except ValidationError as error:
        inner, text = problems(error, Budget)[0]
        raise source.problem((*path, *inner), text) from error


def _resolve_slots(stanza: dict, path: tuple, source: Source) -> dict:
    """Every slot with its choice and all options; `none` takes away a slot that another stanza has brought in."""
    for slot in stanza:
        if slot not in slots():
            raise source.problem((*path, slot), f"unknown slot {slot!r}; {allowed(slot, [*slots(), 'budget'])}")
    for slot in REQUIRED:
        if slot not in stanza:
            raise source.problem(path, f"the slot {slot!r} is missing; {allowed(slot, slots()[slot])}")
    resolved = {}
    for slot, value in sorted(stanza.items()):
        if value == NONE and slot not in REQUIRED:
            continue
        if slot in LISTS and isinstance(value, list):
            resolved[slot] = [_resolve_choice(slot, item, (*path, slot, i), source) for i, item in enumerate(value)]
        else:
            choice = _resolve_choice(slot, value, (*path, slot), source)
            resolved[slot] = [choice] if slot in LISTS else choice
    return resolved


def _resolve_choice(slot: str, value: Any, path: tuple, source: Source) -> dict:
    """`name`, or `{name: options}`, as {name: every option with its value}."""
    if isinstance(value, dict) and len(value) == 1:
        [(name, given)] = value.items()
    else:
        name, given = value, {}
    if not isinstance(name, str):
        raise source.problem(path, f"found {shortened(value)}, it must be a name, or a name with options like {{name: {{option: 1}}}}")
    if name not in slots()[slot]:
        names = [*slots()[slot], *([] if slot in REQUIRED else [NONE])]
        raise source.problem(path, f"{name!r} is not a name of this slot; {allowed(name, names)}")
    if not isinstance(given, dict):
        known = ", ".join(options(slot, name).model_fields) or "none"
        raise source.problem((*path, name), f"found {shortened(given)}, it must be options like {{option: 1}}; allowed: {known}")
    try:
        return {name: options(slot, name).model_validate(given).model_dump()}
    except ValidationError as error:
        inner, text = problems(error, options(slot, name))[0]
        raise source.problem((*path, name, *inner), text) from error
