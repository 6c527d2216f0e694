"""A recipe: everything that decides what comes out of one rung, in one canonical form."""

import hashlib

from stages import files
from stages.study import fingerprint
from stages.study.schema import Study


def recipes(study: Study) -> dict[str, dict]:
    """The recipe of every rung of a validated study, trained or combined, by the rung's name.

    A trained rung's holds its resolved slots, its budget, and how it is computed; a combined one's
    what it combines, and how. Both hold the hashes of the code that carries them out. That of a
    rung that begins with another's weights holds the hash of the other's recipe, too.
    """
    combined = {
        ensemble.name: {
            **ensemble.model_dump(include={"of", "combine"}),
            "task": study.task,
            "code": fingerprint.of("stages.ensemble", {}, study.task, ensemble.combine),
        }
        for ensemble in study.ensembles
    }
    trained = {technique: _trained(study, technique) for technique in study.trained}
    return trained | _started(study, trained) | combined


def _started(study: Study, trained: dict[str, dict]) -> dict[str, dict]:
    """The recipes of the rungs that begin with another's weights, each after the one it needs."""
    found: dict[str, dict] = {}
    waiting = list(study.starts)
    while waiting:
        known = trained | found
        ready = [start for start in waiting if start.from_ in known]
        for start in ready:
            digest = hashlib.sha256(files.canonical(known[start.from_]).encode()).hexdigest()
            begins = {"rung": start.from_, "dataset": start.from_dataset, "recipe": digest}
            begins |= {"take": start.take}
            found[start.rung] = _trained(study, start.rung) | {"start": begins}
        waiting = [start for start in waiting if start not in ready]
    return found


def _trained(study: Study, technique: str) -> dict:
    slots = study.slots(technique)
    return {
        "technique": technique,
        "task": study.task,
        "slots": slots,
        "budget": study.budget_of(technique).model_dump(),
        **study.model_dump(
            include={"device", "threads", "precision", "deterministic", "cuda_graph", "tensorboard"}
        ),
        "code": fingerprint.of("stages.train", slots, study.task),
    }
