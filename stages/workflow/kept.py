"""The recipes of a study, kept between runs: to read which code each carries out takes half a
second, and they are the same as long as the study and all code are."""

from collections.abc import Callable
from pathlib import Path

from stages import files, records
from stages.study.recipe import recipes
from stages.study.study import Study
from stages.workflow.plan import digest


def recipes_of(study: Study, folder: Path, sha256: Callable[[Path], str]) -> dict[str, dict]:
    """What `stages.study.recipe.recipes` gives for a study, from `folder` where it stands there."""
    asked = files.canonical(study.model_dump()) + records.code_digest("check", sha256)
    place, key = folder / f"{study.study}.json", digest(asked)
    kept = files.json_if_whole(place)
    if kept.get("key") == key and kept.get("digest") == _digest(kept.get("recipes")):
        return kept["recipes"]
    made = recipes(study)
    files.write_json(place, {"key": key, "recipes": made, "digest": _digest(made)})
    return made


def _digest(value: object) -> str:
    return digest(files.canonical(value))
