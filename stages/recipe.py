"""A recipe: everything that decides what comes out of training one rung, in one canonical form."""

from stages import fingerprint
from stages.study import Study


def recipes(study: Study) -> dict[str, dict]:
    """The recipe of every trained rung: its resolved slots, the budget, where and on how many threads it runs, and the code's hashes."""
    return {technique: resolve(study, technique) for technique in study.ladder}


def resolve(study: Study, technique: str) -> dict:
    """The recipe of one technique of a validated study."""
    slots = study.techniques[technique]
    return {
        "technique": technique,
        "slots": slots,
        "budget": study.budget.model_dump(),
        "device": study.device,
        "threads": study.threads,
        "code": fingerprint.of("stages.train", slots),
    }
