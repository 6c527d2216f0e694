"""What a definition reaches: the statements that can change what comes out when it is called."""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import NamedTuple

from stages.study import syntax
from stages.study.statements import Statement, module, place
from stages.study.syntax import ALL

# Whoever uses these may use any name of the module; but for those who load what a recipe names.
ANY_NAME = {"globals", "locals", "vars"}
LOADERS = ("stages.scoring.combining", "stages.scoring.tasks", "stages.tasks", "stages.techniques")


class Wanted(NamedTuple):
    """An attribute of a module, and what is asked of that attribute.

    "" stands for the module itself, ALL for all that it has.
    """

    module: str
    attribute: str
    asked: frozenset[str] = frozenset()


class Reach:
    """The statements found from what is wanted on: by names, by imports, by what importing does.

    `counts(importer, imported)` says which imports are followed. The module `handed` is one that
    code gets as a value: of it counts whatever is asked of any value.
    """

    def __init__(self, counts: Callable[[str, str], bool], handed: str | None = None):
        self.counts, self.handed = counts, handed
        self.found: set[Statement] = set()
        self.words: set[str] = set()
        self.imported: set[str] = set()
        self.followed: set[Wanted] = set()
        # What else a statement's import may change; the same for all that go beyond this one.
        self.changed: dict[Statement, set[Statement]] = {}

    def beyond(self, wanted: Iterable[Wanted]) -> "Reach":
        """Another one that has found what is wanted, too."""
        more = copy(self)
        more.found, more.words = set(self.found), set(self.words)
        more.imported, more.followed = set(self.imported), set(self.followed)
        more.follow(wanted)
        return more

    def follow(self, wanted: Iterable[Wanted]) -> None:
        """Find all that is wanted, and all that this wants in turn."""
        before = -1
        while before != len(self.found):
            before = len(self.found)
            self._follow(wanted)
            wanted = [*self._asked_of_handed(), *self._registering()]

    def _follow(self, wanted: Iterable[Wanted]) -> None:
        queue = list(wanted)
        while queue:
            each = queue.pop()
            if each not in self.followed:
                self.followed.add(each)
                queue += self._next(each)

    def _next(self, wanted: Wanted) -> Iterator[Wanted]:
        name, attribute, asked = wanted
        yield from self._import(name)
        if attribute == "":
            yield from (Wanted(name, each) for each in asked)
        elif attribute == ALL:
            for statement in module(name).statements:
                yield from self._add(statement)
        else:
            yield from self._attribute(name, attribute, asked)

    def _attribute(self, name: str, attribute: str, asked: frozenset[str]) -> Iterator[Wanted]:
        binding, inner = module(name).binding.get(attribute, []), f"{name}.{attribute}"
        for statement in binding:
            yield from self._add(statement)
            if not statement.defines:
                yield from self._by_import(statement, attribute, asked)
        if place(inner) is not None:
            yield Wanted(inner, "", asked)
        elif not binding:
            # A star import, or a module's __getattr__, may bring it in.
            yield Wanted(name, ALL)

    def _import(self, name: str) -> Iterator[Wanted]:
        """What importing a module does: its parents, statements that act, and what it imports."""
        if name in self.imported:
            return
        self.imported.add(name)
        if "." in name:
            yield Wanted(name.rpartition(".")[0], "")
        for statement in module(name).statements:
            if statement.acts:
                yield from self._add(statement)
            for each in () if statement.defines else statement.imports:
                if self.counts(name, each.place):
                    yield Wanted(each.place, "")

    def _add(self, statement: Statement) -> Iterator[Wanted]:
        if statement in self.found:
            return
        self.found.add(statement)
        self.words |= statement.words
        yield from _own_names(statement.module, statement.mentions)
        if ANY_NAME & statement.mentions.keys() and statement.module not in LOADERS:
            yield Wanted(statement.module, ALL)
        for each in statement.imports:
            asked = statement.mentions.get(each.name, frozenset())
            yield from self._by_import(statement, each.name, asked)

    def _by_import(self, by: Statement, name: str, asked: frozenset[str]) -> Iterator[Wanted]:
        """What those imports of a statement want that bind `name`."""
        for each in by.imports:
            if each.name == name and self.counts(by.module, each.place):
                yield Wanted(each.module, each.attribute, asked)

    def _asked_of_handed(self) -> list[Wanted]:
        if self.handed is None:
            return []
        names = module(self.handed).binding.keys() & self.words
        return [Wanted(self.handed, ""), *(Wanted(self.handed, name) for name in names)]

    def _registering(self) -> Iterator[Wanted]:
        """Statements that, as their module is imported, call what may change something found."""
        for name in sorted(self.imported):
            for statement in module(name).statements:
                if statement not in self.found and statement.called and self._changes(statement):
                    yield from (Wanted(name, each) for each in statement.binds)

    def _changes(self, statement: Statement) -> bool:
        if statement not in self.changed:
            called = Reach(self.counts)
            called._follow(_own_names(statement.module, statement.called))
            kept = {each for each in called.found if syntax.keeps_state(each.node)}
            self.changed[statement] = kept
        return not self.changed[statement].isdisjoint(self.found)


def _own_names(name: str, mentions: syntax.Mentions) -> Iterator[Wanted]:
    """Those of the names mentioned in a module that the module binds."""
    own = module(name).binding
    return (Wanted(name, each, asked) for each, asked in mentions.items() if each in own)
