"""Validate params.yaml whole, before anything else runs, and write down what it says: the
study, and one recipe per rung."""

from pathlib import Path

from stages import command, files, records
from stages.command import LOG, Problem
from stages.jobs import lease, store_settings, threads
from stages.study import data, recipe, targets
from stages.study.params import PARAMS, refuse_missing_lists
from stages.study.schema import Study
from stages.study.source import Source, read
from stages.study.study import validate
from stages.workflow import watched

# How many outputs networks are looked at with.
OUTPUTS = 10
# The slots that decide which layers a network has.
LAYERS = ("network", "activation", "normalization", "dropout")


def main(params: Path, runs: Path, data_recipes: Path | None = None) -> None:
    """Read `params`; write {study}/study.json, {study}/recipes/{rung}.json, `checked` and, last,
    the record {study}.check.json below `runs`, and the recipes of its data sets into
    `data_recipes`, which all studies share.

    Where they go is known only once the study is valid. Nothing reruns because of `checked`, a
    constant text, so that everything can wait for it. Raises Problem for a study that is not valid.
    """
    code, read_as = records.code_digest("check"), records.read(params)
    source = read(params)
    if params.name == PARAMS.name:
        refuse_missing_lists(source)
    validated = validate(source)
    _refuse_this_machine(validated, source)
    # So that a mistake there is said before any work, too.
    store_settings.settings()
    folder, made = runs / validated.study, {}
    if data_recipes is not None:
        made = data.recipes(validated, data_recipes.parent / data.INDEX.name, keep=True)
    for path in watched.unwatched(validated):
        LOG.info("%s: DVC doesn't look there; list it in dvc.yaml, below check, deps", path)
    refuse_layers(validated, source, folder / "recipes")
    write_study(validated, folder / "study.json", folder / "recipes")
    for name, resolved in made.items():
        files.write_json(data_recipes / f"{name}.json", resolved)
    files.write(runs / "checked", "params.yaml is valid\n")
    shared = [data_recipes / f"{name}.json" for name in made] if data_recipes else []
    wrote = [runs / "checked", folder / "study.json", folder / "recipes", *shared]
    records.write(runs / f"{validated.study}.check.json", "check", read_as, wrote, code)


def _refuse_this_machine(validated: Study, source: Source) -> None:
    """Raise Problem for what a study asks for and this machine can't give."""
    lease.refuse_missing(validated.device)
    threads.refuse_limit(validated.threads)
    if validated.precision == "tf32" and not lease.visible():
        text = "found tf32, which only GPUs multiply in, and there is none here"
        raise source.problem(("precision",), f"{text}; say float32, bfloat16 or auto")


def refuse_layers(validated: Study, source: Source, folder: Path) -> None:
    """Raise Problem for a rung whose network can't be built for the images of a data set, or has a
    layer that can't be initialized, counted or looked into.

    A recipe that stands in `folder` already has passed with the code that it names, where the data
    sets are the same: torch, which takes seconds to import, is asked only of those that are new.
    """
    rungs: dict[str, str] = {}
    same_data = _same_data(folder.parent / "study.json", validated)
    for rung, resolved in recipe.recipes(validated).items():
        stands = same_data and _stands(folder / f"{rung}.json", resolved)
        if "slots" in resolved and not stands:
            made_of = {slot: resolved["slots"].get(slot) for slot in LAYERS}
            rungs.setdefault(files.canonical(made_of), rung)
    shapes = {data.shape(name, validated.data): name for name in reversed(validated.datasets)}
    for rung in rungs.values():
        for dataset in shapes.values():
            _refuse_layers_of(rung, dataset, validated, source)


def _same_data(path: Path, validated: Study) -> bool:
    """Whether the study that was written before has the data sets that this one has."""
    before, names = files.json_if_whole(path), ("datasets", "data")
    return all(before.get(name) == getattr(validated, name) for name in names)


def _stands(path: Path, resolved: dict) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == files.canonical(resolved)


def _refuse_layers_of(rung: str, dataset: str, validated: Study, source: Source) -> None:
    import torch

    from stages.training import network

    shape, slots = data.shape(dataset, validated.data), validated.slots(rung)
    of_image = targets.of_task(validated.task) == "image"
    outputs = shape[0] if of_image else OUTPUTS
    try:
        network.table(slots, shape, outputs, torch.device("cpu"))
        _refuse_other_form(network.form(slots, shape, outputs), dataset, outputs, validated)
    except (Problem, ArithmeticError, RuntimeError, TypeError, ValueError) as error:
        text = str(error).removeprefix("network: ").splitlines()[0]
        if not isinstance(error, Problem):
            size = "x".join(map(str, shape))
            text = f"can't be built for the images of {dataset}, {size}: {text}; change its options"
        raise source.problem(("techniques", rung, "network"), text) from error


def _refuse_other_form(
    found: tuple[int, ...], dataset: str, outputs: int, validated: Study
) -> None:
    """Raise Problem where a network does not give what the task learns."""
    shape, before = (of(dataset, validated.data) for of in (data.shape, data.original))
    needed = targets.form(validated.task, shape, before, outputs)
    if found != needed:
        sides = ["x".join(map(str, of)) for of in (shape, found, needed)]
        text = f"gives {sides[1]} values for an image of {dataset}, {sides[0]}"
        raise Problem(f"{text}; {validated.task} needs {sides[2]}; take another network or option")


def write_study(validated: Study, study: Path, folder: Path) -> None:
    """Write the study and its recipes, each in place of the one before; a recipe of a
    rung that is gone goes, too.

    No recipe is missing at any time: a job whose recipe has not changed may read it meanwhile.
    """
    files.write_json(study, validated.model_dump())
    written = {
        folder / f"{rung}.json": resolved for rung, resolved in recipe.recipes(validated).items()
    }
    for path, resolved in written.items():
        files.write_json(path, resolved)
    for path in set(folder.glob("*.json")) - written.keys():
        path.unlink()


if __name__ == "__main__":
    command.run(main)
