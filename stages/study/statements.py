"""The project's modules as top-level statements, read from source: nothing is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from stages.command import Problem
from stages.study import syntax
from stages.study.syntax import ALL

ROOT = Path(__file__).parent.parent.parent


class Imported(NamedTuple):
    """What the `name` that an import binds stands for: an `attribute` of a module.

    "" stands for the module itself, ALL for all that it has.
    """

    name: str
    module: str
    attribute: str

    @property
    def place(self) -> str:
        """The module that is imported: the attribute, where that is one."""
        inner = f"{self.module}.{self.attribute}"
        return inner if place(inner) is not None else self.module


@dataclass(frozen=True, eq=False)
class Statement:
    """A top-level statement of a module, the names it `binds`, and what it imports of this project.

    An import of several names is as many statements. What `acts` counts unasked.
    """

    module: str
    node: ast.stmt
    nodes: list[ast.AST]
    binds: frozenset[str]
    imports: tuple[Imported, ...]
    acts: bool

    @property
    def defines(self) -> bool:
        """Whether what it imports is imported when it is called, not with its module."""
        return isinstance(self.node, syntax.DEFINITION)

    @cached_property
    def form(self) -> str:
        """A text that is equal for equal code."""
        return syntax.form(self.node)

    @cached_property
    def mentions(self) -> syntax.Mentions:
        """The names that it uses, with what it asks of them."""
        return syntax.mentions(self.nodes)

    @cached_property
    def called(self) -> syntax.Mentions:
        """The names that it uses where it calls something as its module is imported."""
        return syntax.called(self.node)

    @cached_property
    def words(self) -> frozenset[str]:
        """What attributes it asks of any value, and its texts."""
        return syntax.words(self.nodes)


@dataclass(frozen=True)
class Module:
    """The statements of a module in their order."""

    statements: tuple[Statement, ...] = ()

    @cached_property
    def binding(self) -> dict[str, list[Statement]]:
        """For each name, the statements that bind it."""
        found: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.binds:
                found.setdefault(name, []).append(statement)
        return found


@cache
def place(name: str) -> Path | None:
    """A module's file, or the folder of a package without one; None for others' modules."""
    base = ROOT / Path(*name.split("."))
    files = (base.with_suffix(".py"), base / "__init__.py")
    folder = base if name.startswith("stages.") and base.is_dir() else None
    return next((file for file in files if file.is_file()), folder)


@cache
def module(name: str) -> Module:
    """A module of this project. Raises Problem for a file that is no Python."""
    file = place(name)
    if file is None or file.is_dir():
        return Module()
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise Problem(f"{file}:{getattr(error, 'lineno', 1)}: {error}; mend the file") from error
    nodes = list(ast.walk(tree))
    read = syntax.read(nodes)
    syntax.remove_prose(nodes)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    single = (node for whole in tree.body for node in _single(whole))
    return Module(tuple(_statement(name, package, node, read) for node in single))


def _single(node: ast.stmt) -> list[ast.stmt]:
    """An import of several names as an import of each."""
    if not isinstance(node, syntax.IMPORT):
        return [node]
    level = {"module": node.module, "level": node.level} if isinstance(node, ast.ImportFrom) else {}
    return [type(node)(names=[alias], lineno=node.lineno, **level) for alias in node.names]


def _statement(name: str, package: str, node: ast.stmt, read: set[str]) -> Statement:
    nodes = list(ast.walk(node))
    imports = [each for part in nodes for each in _imports(part, package)]
    names = set() if isinstance(node, syntax.DEFINITION) else {each.name for each in imports}
    binds = frozenset(syntax.bound(node, nodes) | names)
    # An import or a call whose name is used nowhere is there for what it does.
    alone = isinstance(node, syntax.IMPORT) or syntax.calls(node, nodes)
    acts = syntax.acts(node) or (alone and binds.isdisjoint(read))
    own = tuple(each for each in imports if place(each.place) is not None)
    return Statement(name, node, nodes, binds, own, acts)


def _imports(node: ast.AST, package: str) -> Iterator[Imported]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            first, attribute = alias.name.partition(".")[0], "" if alias.asname else ALL
            yield Imported(alias.asname or first, alias.name, attribute)
    if isinstance(node, ast.ImportFrom):
        parts = package.split(".")
        above = parts[: len(parts) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            yield Imported(alias.asname or alias.name, base, alias.name)
