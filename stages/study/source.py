"""A study as it was written: its values, what the command line overrides, and where each value
stands, so that a mistake is found again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from stages.command import Problem
from stages.study import loader, names
from stages.study.shortened import shortened

# Not `techniques`: a value of a stanza would not reach the stanzas that take it over by an anchor.
OVERRIDABLE = ("budget", "datasets", "device", "ladder", "precision")
# Aliases written out; 100 rungs, each of which inherits from the one before, have 20,000.
NODES = 100_000
# Lone halves of UTF-16's pairs, and control characters but for tab and line feed.
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# A word of a message that is longer than any name, and than any line.
LONG_WORD = re.compile(r"(\S{80})\S{40,}")


class Source:
    """A study as it was written: its values, and where each of them stands; `overridden` keys stand
    on the command line."""

    def __init__(self, text: str, name: str):
        self.name, self.overridden = name, frozenset()
        self._weights: dict[yaml.Node, tuple[int, int]] = {}
        try:
            self.root, self.values = self._loaded(text)
        except loader.Refused as error:
            raise Problem(f"{name}:{error.problem_mark.line + 1}: {error.problem}") from error
        except RecursionError as error:
            raise Problem(f"{name}: its aliases lead too deep; use fewer of them") from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or getattr(error, "reason", "can't be read")
            where = f"{name}:{mark.line + 1}" if mark else name
            raise Problem(f"{where}: this is not YAML: {what}; mend the line") from error
        self._refuse_names_to_quote()

    def _loaded(self, text: str) -> tuple[yaml.MappingNode, dict]:
        """The nodes, each mapping's own behind what `<<` has brought in, and the values."""
        reader = loader.Loader(text)
        root, values = reader.get_single_node(), None
        if root is not None:
            self._refuse_what_yaml_lets_pass(root)
            values = reader.construct_document(root)
        if not isinstance(values, dict):
            found = type(values).__name__
            raise Problem(
                f"{self.name}: found {found}, a study is a mapping; see studies/ for examples"
            )
        return root, values

    def problem(self, path: tuple, text: str) -> Problem:
        """A Problem that says where in the file it is: name, line, and the keys that lead there."""
        keys, text = readable(".".join(map(str, path))), readable(text)
        if path and path[0] in self.overridden:
            return Problem(f"--config {keys}: {text}")
        line = self._line(path)
        where = f"{self.name}:{line}" if line else self.name
        return Problem(f"{where}: {keys}: {text}" if keys else f"{where}: {text}")

    def override(self, changes: dict[str, Any]) -> None:
        """Replace whole keys, or single values of the budget. Raises Problem for a key that can't
        be overridden.

        Where a ladder is shortened, what names a rung that is no longer trained goes, too.
        """
        for key, value in changes.items():
            if key not in OVERRIDABLE:
                text = f"can't be overridden; allowed: {', '.join(OVERRIDABLE)}"
                what = f"edit {self.name}, or name a study with --configfile"
                raise Problem(f"--config {key}: {text}; {what}")
            merge = isinstance(value, dict) and isinstance(self.values.get(key), dict)
            self.values[key] = self.values[key] | value if merge else value
        self.overridden = frozenset(changes)
        if isinstance(changes.get("ladder"), list):
            self.values = shortened(self.values)

    def _line(self, path: tuple) -> int | None:
        node, line = self.root, None
        for step in path:
            key, node = _child(node, step)
            if node is None:
                break
            line = (key or node).start_mark.line + 1
        return line

    def _refuse_what_yaml_lets_pass(
        self, node: yaml.Node, path: tuple = (), above: tuple = ()
    ) -> tuple[int, int]:
        """Text that can't be written, keys twice, anchors that hold themselves or grow without end.

        Returns how many nodes a node has, aliases written out, and how many levels.
        """
        if any(node is outer for outer in above):
            text = "this anchor holds an alias of itself; write out what is meant"
            raise self._refused(node, path, text)
        if node not in self._weights:
            if isinstance(node, yaml.ScalarNode) and UNWRITABLE.search(node.value):
                text = "half a character or a control character; write the character itself"
                raise self._refused(node, path, f"found {node.value!a}, {text}")
            parts, levels = [1], [0]
            for key, child in self._children(node, path):
                size, depth = self._refuse_what_yaml_lets_pass(child, (*path, *key), (*above, node))
                parts.append(size)
                merged = key == ("<<",) and 1 + isinstance(child, yaml.SequenceNode)
                levels.append(depth - merged)
            self._weights[node] = sum(parts), 1 + max(levels)
            if sum(parts) > NODES or 1 + max(levels) > loader.DEPTH:
                text = f"this is over {NODES:,} values or {loader.DEPTH} levels"
                raise self._refused(node, path, f"aliases written out, {text}; use fewer aliases")
        return self._weights[node]

    def _children(self, node: yaml.Node, path: tuple) -> Iterator[tuple[tuple, yaml.Node]]:
        """The nodes right below a node, each behind its key, if it has one; refuses a key twice."""
        if isinstance(node, yaml.SequenceNode):
            yield from (((), item) for item in node.value)
        seen: set[str] = set()
        for key, value in node.value if isinstance(node, yaml.MappingNode) else []:
            if not isinstance(key, yaml.ScalarNode):
                raise self._refused(key, path, f"found a {key.id} as a key; a key is a word")
            if key.value in seen and key.value != "<<":
                text = "this key stands here twice; remove or rename one of them"
                raise self._refused(key, (*path, key.value), text)
            seen.add(key.value)
            yield from (((), key), ((key.value,), value))

    def _refuse_names_to_quote(self) -> None:
        """DVC would make `100000.0` of the folder `1e5`, and the tables `1` of the rung `001`."""
        for path, node in names.of(self.root):
            read_as = loader.not_a_word(node) if isinstance(node, yaml.ScalarNode) else None
            if read_as and node.value:
                text = f"found {node.value}, which YAML reads as {read_as}, not as a name; quote it"
                raise self._refused(node, path, f"{text}: '{node.value}'")

    def _refused(self, node: yaml.Node, path: tuple, text: str) -> Problem:
        keys, text = readable(".".join(map(str, path))), readable(text)
        where = f"{self.name}:{node.start_mark.line + 1}"
        return Problem(f"{where}: {keys}: {text}" if path else f"{where}: {text}")


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The node of a key or an index, with its key; a mapping's own, where `<<` adds another."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, yaml.MappingNode):
        # What `<<` has brought in stands first.
        for key, value in reversed(node.value):
            if key.value == str(step):
                return key, value
    return None, None


def readable(text: str) -> str:
    """A text as it may stand in a line of a terminal: nothing of it moves the cursor, and words
    longer than any name are cut."""
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return LONG_WORD.sub(r"\1…", "".join(shown))


def read(path: Path) -> Source:
    """The study file at `path`, not yet validated. Raises Problem where it can't be read or is no
    YAML mapping."""
    try:
        return Source(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise Problem(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8 text"
        ) from error
    except OSError as error:
        raise Problem(
            f"{path}: {error.strerror}; name a study file, for example one of studies/"
        ) from error
