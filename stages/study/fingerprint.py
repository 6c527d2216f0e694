"""Which code a recipe is carried out by, as hashes: what decides whether a rung is trained again.

That is all that a door's `main` and the names in a recipe reach (reach.py). So a new technique
trains nothing but itself, and a comment, a docstring or a blank line trains nothing. What a door
imports for a job's sake is left out, room by room.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from stages import records
from stages.command import Problem
from stages.study.reach import LOADERS, Reach, Wanted
from stages.study.statements import ROOT, Statement, module
from stages.techniques.options import slots

# What a door imports of these can't change what comes out of its job.
WITHOUT_EFFECT = ("command", "jobs", "page", "records", "study", "workflow")
# Nor can what is said to people, nor which values an option may have: its value is in the recipe.
NEVER = ("stages.command", "stages.techniques.options")
LOADING = "import_module|__import__|spec_from_file_location|run_module|run_path"
LOADS = re.compile(rf"'(?:{LOADING})'|Name\(id='(?:exec|eval)'")


def of(entry: str, slots: dict, task: str, combine: str | None = None) -> dict[str, str]:
    """{module or data file: SHA-256} of the code that the module `entry` runs for resolved `slots`,
    a task, and a way to combine members; reads source, imports nothing.

    Raises Problem for code that loads other code by a name that it makes up.
    """
    wanted = [
        Wanted(_module(slot, name), name)
        for slot, choices in slots.items()
        for choice in (choices if isinstance(choices, list) else [choices])
        for name in choice
    ]
    wanted += [Wanted("stages.scoring.combining", combine)] if combine else []
    reach = _of_door(entry, task).beyond(wanted)
    for statement in reach.found:
        _refuse_loading(statement)
    return dict(sorted((_modules(reach) | _files(reach)).items()))


def refuse_other(recipe: dict, entry: str) -> None:
    """Raise Problem where the code that `entry` would run for `recipe` is not the one it names."""
    now = of(entry, recipe.get("slots", {}), recipe["task"], recipe.get("combine"))
    named = recipe.get("code", {})
    changed = sorted(name for name in now.keys() | named.keys() if now.get(name) != named.get(name))
    if changed:
        text = "changed after the recipe was written; start the run again, which writes it anew"
        raise Problem(f"recipe: {', '.join(changed)} {text}")


def _module(slot: str, name: str) -> str:
    return slots()[slot][name].module


@cache
def _of_door(entry: str, task: str) -> Reach:
    """What the door reaches, whatever a recipe names."""
    room = "stages.scoring.tasks" if entry == "stages.ensemble" else "stages.tasks"

    def counts(importer: str, imported: str) -> bool:
        without_effect = importer == entry and _room(imported) in WITHOUT_EFFECT
        return imported not in NEVER and not without_effect

    reach = Reach(counts, handed=f"{room}.{task}")
    reach.follow([Wanted(entry, "main")])
    return reach


def _room(module: str) -> str:
    return f"{module}.".split(".")[1]


def _refuse_loading(statement: Statement) -> None:
    if statement.module not in LOADERS and _loads(statement):
        text = "loads code by a name that it makes up, which no recipe can hold; import it by name"
        raise Problem(f"{statement.module}:{statement.node.lineno}: {text}")


@cache
def _loads(statement: Statement) -> bool:
    return LOADS.search(statement.form) is not None


def _modules(reach: Reach) -> dict[str, str]:
    hashes = {}
    for name in {statement.module for statement in reach.found}:
        found = [each.form for each in module(name).statements if each in reach.found]
        hashes[name] = hashlib.sha256("\n".join(found).encode()).hexdigest()
    return hashes


def _files(reach: Reach) -> dict[str, str]:
    """The data files that found code names, and those in its rooms that nothing names: they may be
    found by a pattern."""
    rooms = {_room(statement.module) for statement in reach.found}
    return {
        str(file): digest
        for file, digest in _data().items()
        if _says(reach.words, file) or (file.parts[1] in rooms and not _is_named(file))
    }


def _says(words: set[str] | frozenset[str], file: Path) -> bool:
    return any(file.name in word for word in words)


@cache
def _data() -> dict[Path, str]:
    """What lies below stages/ and is no code, nor left behind, with its SHA-256."""
    found = [file for file in records.below(ROOT / "stages") if file.suffix != ".py"]
    return {file.relative_to(ROOT): hashlib.sha256(file.read_bytes()).hexdigest() for file in found}


@cache
def _is_named(file: Path) -> bool:
    """Whether any code in the file's room says its name."""
    room = ROOT / "stages" / file.parts[1]
    found = (source for source in records.below(room) if source.suffix == ".py")
    sources = (source.relative_to(ROOT) for source in found)
    names = (".".join(source.with_suffix("").parts).removesuffix(".__init__") for source in sources)
    return any(_says(each.words, file) for name in names for each in module(name).statements)
