"""Validate params.yaml whole, before anything else runs, and write down what it says: the study, and one recipe per rung."""

from pathlib import Path

from stages import command, files
from stages.jobs import lease
from stages.study import data
from stages.study.recipe import recipes
from stages.study.study import Study, load


def main(params: Path, checked: Path, study: Path, recipes: Path, data_recipes: Path | None = None) -> None:
    """Read `params`; write the canonical `study` (JSON), the folder `recipes` ({rung}.json), the recipes of its data sets into the folder
    `data_recipes`, which all studies share, and, last, the constant text `checked`.

    Nothing reruns because of `checked`, so that everything can wait for it. Raises Problem for a study that is not valid.
    """
    validated = load(params)
    lease.refuse_missing(validated.device)
    write_study(validated, study, recipes)
    for name, recipe in data.recipes(validated).items() if data_recipes is not None else ():
        files.write_json(data_recipes / f"{name}.json", recipe)
    files.write(checked, "params.yaml is valid\n")


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
