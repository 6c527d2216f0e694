"""The rooms of stages/: who may import whom, what a room shows to others, and what stays light."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

STAGES = ROOT / "stages"
ROOMS = sorted(file.parent.name for file in STAGES.glob("*/__init__.py"))
DOORS = {"check", "download", "normalize", "tune", "train", "ensemble", "evaluate", "report"}
FREE = {"command", "files", "records"}

# Room → what it may import beside itself and what is free to all; doors may import all rooms.
ARROWS = {
    "page": {"scoring", "study", "lessons"},
    "workflow": {"study", "jobs"},
    "training": {"tasks", "techniques", "compute", "study"},
    "study": {"techniques.options"},
    "records": {"study.syntax"},
    "tasks": {"compute"},
    "techniques": {"compute"},
    **{name: set() for name in ("scoring", "compute", "datasets", "lessons", "jobs")},
    "command": set(),
    "files": set(),
}


def modules() -> dict[str, Path]:
    """Every module of stages/ by its dotted name."""
    found = {}
    for file in sorted(STAGES.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = file
    return found


MODULES = modules()


def imports(module: str, source: str, package: bool = False) -> Iterator[str]:
    """What a module imports, in functions and relatively, too; `from a import b` is a.b."""
    own = module.split(".") if package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = own[: len(own) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports_of(module: str) -> list[str]:
    file = MODULES[module]
    return list(imports(module, file.read_text(encoding="utf-8"), file.name == "__init__.py"))


def room(name: str) -> str:
    """The room, or the module outside of all rooms, of a dotted name below stages."""
    return f"{name}.".split(".")[1]


def forbidden(module: str, imported: list[str]) -> list[str]:
    """The arrows of a module that are not allowed, as texts."""
    own = room(module)
    inside = [name for name in imported if name.startswith("stages.")]
    if own in DOORS | {""}:
        wrong = [name for name in inside if room(name) in DOORS or own == ""]
    else:
        allowed = [f"stages.{each}." for each in ARROWS[own] | FREE | {own}]
        wrong = [name for name in inside if not f"{name}.".startswith(tuple(allowed))]
    return [f"{module} imports {name}" for name in wrong]


def hidden(module: str, imported: list[str]) -> list[str]:
    """What a module imports of another room that stands in no `__all__` there, as texts."""
    found = []
    for name in imported:
        parts = name.split(".")
        for i in range(2, len(parts)):
            package, shown = ".".join(parts[:i]), parts[i]
            is_package = package in MODULES and MODULES[package].name == "__init__.py"
            if is_package and room(name) != room(module) and shown not in names(package):
                found.append(f"{module} imports {name}, which is not in __all__ of {package}")
    return found


def names(package: str) -> list[str]:
    """The `__all__` of a package."""
    for node in ast.parse(MODULES[package].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_room_may(module):
    assert forbidden(module, imports_of(module)) == []


@pytest.mark.parametrize("module", MODULES)
def test_of_another_room_a_module_imports_only_what_that_shows(module):
    assert hidden(module, imports_of(module)) == []


@pytest.mark.parametrize(
    ("module", "source", "told"),
    [
        ("stages.jobs.lease", "from stages.training import loop", "stages.training.loop"),
        ("stages.scoring.claims", "def f():\n    import stages.page.prose", "stages.page.prose"),
        ("stages.compute.devices", "from ..techniques import bind", "stages.techniques.bind"),
        ("stages.techniques.network.plain", "from ... import train", "stages.train"),
        ("stages.study.study", "from stages.techniques.network import Parts", "network.Parts"),
        ("stages.evaluate", "from stages.report import main", "stages.report.main"),
        ("stages.files", "from stages import jobs", "stages.jobs"),
    ],
)
def test_a_wrong_arrow_is_found(module, source, told):
    [text] = forbidden(module, list(imports(module, source)))
    assert text.startswith(f"{module} imports ")
    assert text.endswith(told)


def test_what_a_room_hides_is_found():
    imported = ["stages.compute.devices", "stages.techniques._secret"]
    [text] = hidden("stages.training.step", imported)
    assert text.endswith("_secret, which is not in __all__ of stages.techniques")


def test_every_room_has_its_arrows():
    assert set(ROOMS) <= ARROWS.keys()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_one_sentence_what_it_is_for_and_what_it_shows(room):
    file = MODULES[f"stages.{room}"]
    text = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
    assert re.fullmatch(r"[^.]+(\.\w[^.]*)*\.", text), f"{file}: {text}"
    assert names(f"stages.{room}")


def test_beside_rooms_there_are_only_doors_and_what_all_of_them_need():
    files = {file.stem for file in STAGES.glob("*.py")}
    assert files <= DOORS | FREE | {"__init__"}
    assert len(files) <= 12


@pytest.mark.parametrize("room", ["workflow", "study"])
def test_what_snakemake_reads_at_each_start_imports_no_torch(room):
    found, queue = set(), [name for name in MODULES if name.split(".")[1:2] == [room]]
    while queue:
        module = queue.pop()
        found.add(module)
        for name in imports_of(module):
            assert name.split(".")[0] not in {"torch", "torchvision"}, module
            parts = name.split(".")
            reached = (".".join(parts[:i]) for i in range(1, len(parts) + 1))
            queue += [each for each in reached if each in MODULES and each not in found]
