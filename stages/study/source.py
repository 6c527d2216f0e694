"""A study as it was written: its values, what the command line overrides, and where each value stands, so that a mistake is found again."""

from pathlib import Path
from typing import Any

import yaml

from stages.command import Problem
from stages.study.shortened import shortened

# Not `techniques`: a value of a stanza would not reach the stanzas that take it over by an anchor.
OVERRIDABLE = ("budget", "datasets", "device", "ladder", "precision")


class Source:
    """A study as it was written: its values, and where each of them stands; `overridden` keys stand on the command line."""

    def __init__(self, text: str, name: str):
        self.name, self.overridden = name, frozenset()
        try:
            self.root = yaml.compose(text, yaml.SafeLoader)
            self.values = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or "can't be read"
            raise Problem(f"{name}{f':{mark.line + 1}' if mark else ''}: this is not YAML: {what}; mend the line") from error
        if not isinstance(self.values, dict):
            raise Problem(f"{name}: found {type(self.values).__name__}, a study is a mapping; see studies/ for examples")
        self._refuse_what_yaml_lets_pass(self.root)

    def problem(self, path: tuple, text: str) -> Problem:
        """A Problem that says where in the file it is: name, line, and the keys that lead there."""
        keys = ".".join(str(step) for step in path)
        if path and path[0] in self.overridden:
            return Problem(f"--config {keys}: {text}")
        line = self._line(path)
        return Problem(f"{self.name}{f':{line}' if line else ''}: {f'{keys}: ' if keys else ''}{text}")

    def override(self, changes: dict[str, Any]) -> None:
        """Replace whole keys, or single values of the budget. Raises Problem for a key that can't be overridden.

        Where a ladder is shortened, what names a rung that is no longer trained goes, too.
        """
        for key, value in changes.items():
            if key not in OVERRIDABLE:
                text = f"can't be overridden; allowed: {', '.join(OVERRIDABLE)}; edit {self.name}, or name a study with --configfile"
                raise Problem(f"--config {key}: {text}")
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

    def _refuse_what_yaml_lets_pass(self, node: yaml.Node, path: tuple = (), above: tuple = ()) -> None:
        """Keys that stand in a mapping twice, and anchors that hold themselves."""
        where = f"{self.name}:{node.start_mark.line + 1}: {'.'.join(path)}"
        if any(node is outer for outer in above):
            raise Problem(f"{where}: this anchor holds an alias of itself; write out what is meant")
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen and key.value != "<<":
                    where = f"{self.name}:{key.start_mark.line + 1}: {'.'.join((*path, key.value))}"
                    raise Problem(f"{where}: this key stands here twice; remove or rename one of them")
                seen.add(key.value)
                self._refuse_what_yaml_lets_pass(value, (*path, key.value), (*above, node))
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_what_yaml_lets_pass(item, path, (*above, node))


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The node of a key or an index, with its key; a key that `<<` brings in is found where it was written."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
        for key, value in node.value:
            if key.value == "<<":
                for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    found = _child(merged, step)
                    if found[1] is not None:
                        return found
    return None, None


def read(path: Path) -> Source:
    """The study file at `path`, not yet validated. Raises Problem where it can't be read or is no YAML mapping."""
    try:
        return Source(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise Problem(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8 text") from error
    except OSError as error:
        raise Problem(f"{path}: {error.strerror}; name a study file, for example one of studies/") from error
