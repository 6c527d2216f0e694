"""Which code a recipe is carried out by, as hashes: what decides, in both engines, whether a change of the code trains a rung again.

The modules are found by following imports from the training stage and the slots; of a slot's module only the functions that the recipe
names count, with what they use. So a new technique trains nothing but itself, and a comment, a docstring or a blank line trains nothing
at all.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

from stages.command import Problem
from stages.techniques.options import slots

ROOT = Path(__file__).parent.parent.parent


# Rooms whose code can change what comes out of a job; that of the others is no part of any recipe.
COUNTED = ("compute", "scoring", "tasks", "techniques", "training")


def of(entry: str, slots: dict, task: str) -> dict[str, str]:
    """{module or module.function: SHA-256} of the code that the module `entry` runs for resolved `slots` and a task; reads source, imports nothing."""
    room = "scoring.tasks" if entry == "stages.ensemble" else "tasks"
    modules = imported(entry) | imported(f"stages.{room}.{task}")
    named = {f"stages.techniques.{slot}.{name}": _named(slot, name) for slot, choices in slots.items() for name in _names(choices)}
    for module, _ in named.values():
        modules |= imported(module)
    techniques = {module for module, _ in named.values()}
    hashes = {name: _module(name) for name in modules - techniques if _counts(name, entry)}
    hashes |= {f"{module}.{name}": _function(module, name) for module, name in named.values()}
    return dict(sorted(hashes.items()))


def _names(choices) -> list[str]:
    return [name for choice in (choices if isinstance(choices, list) else [choices]) for name in choice]


def _named(slot: str, name: str) -> tuple[str, str]:
    return slots()[slot][name].module, name


def _counts(module: str, entry: str) -> bool:
    parts = module.split(".")
    return module in (entry, "stages.files") or (len(parts) > 1 and parts[1] in COUNTED and module != "stages.techniques.options")


def refuse_other(recipe: dict, entry: str) -> None:
    """Raise Problem where the code that the module `entry` would run for `recipe` is not the one that the recipe names any more."""
    now, named = of(entry, recipe.get("slots", {}), recipe["task"]), recipe.get("code", {})
    changed = sorted(name for name in now.keys() | named.keys() if now.get(name) != named.get(name))
    if changed:
        raise Problem(f"recipe: {', '.join(changed)} changed after the recipe was written; start the run again, which writes it anew")


@cache
def _module(name: str) -> str:
    return _hash(_tree(name))


@cache
def _function(module: str, name: str) -> str:
    """The hash of a module without the public functions that `name` does not use."""
    tree = _tree(module)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    used, queue = set(), [name]
    while queue:
        current = queue.pop()
        used.add(current)
        words = {node.id for node in ast.walk(functions[current]) if isinstance(node, ast.Name)}
        queue += [word for word in words & set(functions) if word not in used]
    body = [node for node in tree.body if not isinstance(node, ast.FunctionDef) or node.name in used]
    return _hash(ast.Module(body=body, type_ignores=[]))


@cache
def imported(entry: str) -> frozenset[str]:
    """The module `entry` and every module of this project that it imports, directly or through others."""
    found, queue = set(), [entry]
    while queue:
        name = queue.pop()
        found.add(name)
        for node in ast.walk(_tree(name)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            queue += [n for n in names if n.startswith("stages") and n not in found and _file(n) is not None]
    return frozenset(found)


def _file(module: str) -> Path | None:
    base = ROOT / Path(*module.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


@cache
def _tree(module: str) -> ast.Module:
    """The syntax of a module without its docstrings."""
    tree = ast.parse(_file(module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _hash(tree: ast.Module) -> str:
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
