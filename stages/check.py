"""Validate params.yaml whole, before anything else runs, and write down what it says: the study, and one recipe per rung."""

from pathlib import Path

from stages import command, files
from stages.jobs import lease
from stages.study.params import PARAMS, refuse_missing_lists
from stages.study.recipe import recipes
from stages.study.schema import Study
from stages.study.source import read
from stages.study.study import validate


def main(params: Path, runs: Path) -> None:
    """Read `params`; write {study}/study.json, {study}/recipes/{rung}.json and, last, `checked` below `runs`.

    Where they go is known only once the study is valid. Nothing reruns because of `checked`, a constant
    text, so that everything can wait for it. Raises Problem for a study that is not valid.
    """
    source = read(params)
    if params.name == PARAMS.name:
        refuse_missing_lists(source)
    validated = validate(source)
    lease.refuse_missing(validated.device)
    folder = runs / validated.study
    write_study(validated, folder / "study.json", folder / "recipes")
    files.write(runs / "checked", "params.yaml is valid\n")


def write_study(validated: Study, study: Path, folder: Path) -> None:
    """Write the study and its recipes, each in place of the one before; a recipe of a rung that is gone goes, too.

    No recipe is missing at any time: a job whose recipe has not changed may read it meanwhile.
    """
    files.write_json(study, validated.model_dump())
    written = {folder / f"{rung}.json": recipe for rung, recipe in recipes(validated).items()}
    for path, recipe in written.items():
        files.write_json(path, recipe)
    for path in set(folder.glob("*.json")) - written.keys():
        path.unlink()


if __name__ == "__main__":
    command.run(main)
