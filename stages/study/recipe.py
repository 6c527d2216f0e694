"""A recipe: everything that decides what comes out of one rung, in one canonical form."""

from stages.study import fingerprint
from stages.study.study import Study


def recipes(study: Study) -> dict[str, dict]:
    """The recipe of every rung of a validated study, trained or combined, by the rung's name.

    A trained rung's are its resolved slots, its budget, and how it is computed; a combined one's is what it combines, and how.
    Both hold the hashes of the code that carries them out.
    """
    combined = {
        ensemble.name: {
            **ensemble.model_dump(include={"of", "combine"}),
            "task": study.task,
            "code": fingerprint.of("stages.ensemble", {}, study.task, ensemble.combine),
        }
        for ensemble in study.ensembles
    }
    return {technique: _trained(study, technique) for technique in study.trained} | combined


def _trained(study: Study, technique: str) -> dict:
    slots = study.slots(technique)
    return {
        "technique": technique,
        "task": study.task,
        "slots": slots,
        "budget": study.budget_of(technique).model_dump(),
        **study.model_dump(include={"device", "threads", "precision", "deterministic", "cuda_graph", "tensorboard"}),
        "code": fingerprint.of("stages.train", slots, study.task),
    }
