"""What must be true of techniques whose members don't differ by their random start alone."""

from stages.study.schema import Study
from stages.study.source import Source

# The way to combine that goes by the votes which boosting gives to members.
BY_VOTES = "weighted"


def refuse_wrong_members(study: Study, technique: str, source: Source) -> None:
    """Raise Problem where a technique has more members than folds, or where both boosting and
    another slot would choose a member's images. `study` is resolved."""
    slots, path = study.slots(technique), ("techniques", technique)
    members = study.budget_of(technique).members
    for name, options in slots.get("split", {}).items():
        if members > options["folds"]:
            text = f"found {options['folds']}, but there are {members} members, one for each fold"
            raise source.problem((*path, "split", name), f"folds: {text}; lower budget.members")
    for other in ("sampling", "split"):
        if "boosting" in slots and other in slots:
            text = f"both this and {other} say which images a member learns from; remove one"
            raise source.problem((*path, "boosting"), text)


def refuse_votes_of_equals(study: Study, source: Source) -> None:
    """Raise Problem for an ensemble by votes whose members have none. `study` is resolved."""
    for i, ensemble in enumerate(study.ensembles):
        if ensemble.combine == BY_VOTES and "boosting" not in study.techniques[ensemble.of]:
            text = f"{BY_VOTES!r} goes by the votes of boosting, which {ensemble.of} doesn't have"
            raise source.problem(("ensembles", i, "combine"), f"{text}; take another way")
