"""Train all members of one rung: one job, so that start-up is paid once."""

from contextlib import ExitStack
from pathlib import Path

from stages import command, files, records
from stages.command import LOG, Problem
from stages.jobs import git, lease, threads
from stages.study import fingerprint


def main(
    recipe: Path,
    train_images: Path,
    train_labels: Path,
    test_images: Path,
    classes: Path,
    run: Path,
    start: Path | None = None,
) -> None:
    """Carry out `recipe` (JSON) and write the folder `run`: weights, history, predictions, and
    the record of what made them.

    Each member begins with the weights of its number in `start` (weights.safetensors), where the
    recipe names another rung's. Raises Problem where these or the code are not the recipe's, the
    device is missing or its memory too small, or a batch is larger than the training set.
    """
    read = records.read(recipe)
    resolved = files.read_json(recipe)
    fingerprint.refuse_other(resolved, "stages.train")
    _refuse_other_start(resolved, start)
    inputs = {
        "train_images": train_images,
        "train_labels": train_labels,
        "test_images": test_images,
        "classes": classes,
    } | ({} if start is None else {"start": start})
    _train_where_leased(resolved, read, inputs, run)


def _train_where_leased(
    recipe: dict, read: dict[str, str], inputs: dict[str, Path], run: Path
) -> None:
    with ExitStack() as held:
        leased = held.enter_context(lease.gpu(recipe["device"]))
        # Not before the lease: torch takes the GPUs that it sees first, and a job that waits
        # for one needs no memory yet.
        from stages.compute import devices

        device = devices.pick(leased, recipe["device"])
        if device.type == "cpu":
            # Where torch can't use the GPU that was leased, other jobs shall not wait for it.
            held.close()
        tf32 = recipe["precision"] == "tf32"
        devices.prepare(recipe["threads"], recipe["deterministic"], tf32)
        threads.have(recipe["threads"])
        with devices.memory_is_enough(device):
            train_rung(recipe, read, inputs, run, device)


def _refuse_other_start(recipe: dict, start: Path | None) -> None:
    begins = recipe.get("start")
    if begins is None and start is not None:
        raise Problem("--start: found weights, but the recipe begins by itself; remove the flag")
    if begins is not None and start is None:
        where = f"of {begins['rung']} on {begins['dataset']}"
        raise Problem(f"--start: the recipe begins with the weights {where}; name their file")


def train_rung(
    recipe: dict, read: dict[str, str], inputs: dict[str, Path], run: Path, device
) -> None:
    """Train the members of a resolved recipe on a torch `device`, or take them from the store of
    what was trained once, and write all files of `run`; `read` is the hash of the recipe's file, by
    its path, and `inputs` are the files of `main`."""
    from stages.jobs import provenance, store
    from stages.jobs.checkpoint import Checkpoints
    from stages.training import data as images
    from stages.training import rung

    # Of the code that is about to run: a long training may see the next commit.
    commit = _commit(run)
    of_inputs = records.read(*inputs.values())
    data = images.load(inputs, recipe, device)
    arithmetic = rung.arithmetic_of(recipe, data)
    hashes = {name: of_inputs[str(path)] for name, path in inputs.items()}
    origin = provenance.made_by(recipe, hashes, device, arithmetic.name)
    checkpoints = Checkpoints(run, files.canonical(origin))
    entry = store.entry(origin, provenance.machine())
    made = entry.take(run, commit["commit"])
    if made is None:
        made = _trained(recipe, inputs, run, data, arithmetic, checkpoints)
        made["cost"] |= commit | {"run": str(run)}
    origin["environment"]["cuda_graph"] = made["cuda_graph"]
    files.write_json(run / "record.json", {**origin, "parameters": made["parameters"]})
    files.write_json(run / "cost.json", made["cost"])
    files.write_json(run / "recipe.json", recipe)
    wrote, code = [run / name for name in records.WRITES["train"]], records.code_digest("train")
    records.write(run / "train.json", "train", read | of_inputs, wrote, code)
    entry.put(run)
    # Not before there is nothing left to go on from them.
    checkpoints.clear()


def _trained(
    recipe: dict, inputs: dict[str, Path], run: Path, data, arithmetic, checkpoints
) -> dict:
    """Train the members of a recipe, and write what they leave into `run`; gives what is to be told
    of them beside that."""
    from stages import tasks
    from stages.compute import devices
    from stages.jobs.watching import Watching
    from stages.training import layers, network, outputs, rung

    count = tasks.load(recipe["task"]).outputs(data.classes)
    made_of = network.table(recipe["slots"], data.shape, count, data.device)
    technique, budget = recipe["technique"], recipe["budget"]
    LOG.debug("%s: on %s, in %s", technique, devices.describe(data.device), arithmetic.name)
    events = run / "tensorboard" if recipe["tensorboard"] else None
    watching = Watching(technique, budget["members"], budget["epochs"], events)
    begins = inputs.get("start")
    members = rung.train_members(recipe, data, arithmetic, checkpoints, watching, begins)
    outputs.write(members, recipe["task"], run, _about(recipe, data, members, inputs["classes"]))
    files.write_rows(run / "layers.csv", layers.COLUMNS, made_of)
    return {
        "parameters": members[0].parameters,
        "cuda_graph": all(member.recorded for member in members),
        "cost": _cost(data, members, made_of),
    }


def _commit(run: Path) -> dict[str, str | None]:
    """The commit that the code is of, for cost.json, and why there is none."""
    commit, reason = git.commit(records.ROOT)
    if reason and git.is_repository(records.ROOT):
        LOG.info("%s: no commit is recorded, so verify can't repeat it: %s", run, reason)
    return {"commit": commit, "no_commit": reason}


def _about(recipe: dict, data, members: list, classes: Path) -> dict:
    """What a network is built from, and what it sees, for who has its weights alone; not what the
    rung is called, so that the same networks are the same bytes."""
    return {name: recipe[name] for name in ("task", "slots")} | {
        "classes": files.read_json(classes)["names"],
        "statistics": [member.statistics for member in members],
        "shape": data.shape,
    }


def _cost(data, members: list, made_of: list[dict]) -> dict:
    from stages.jobs.cost import cost

    parts = "seconds", "diagnostics_seconds", "robustness_seconds"
    seconds = {part: sum(getattr(member, part) for member in members) for part in parts}
    images = sum(len(member.history) * member.images_per_epoch for member in members)
    operations = sum(row["multiply_accumulates"] for row in made_of)
    return cost(seconds, images, operations, data.device)


if __name__ == "__main__":
    command.run(main)
