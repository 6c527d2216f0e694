"""YAML as both engines can take it, each mistake with its line.

PyYAML reads YAML 1.1, DVC's ruamel.yaml reads YAML 1.2. Positions and styles of scalars come from
PyYAML's nodes: ruamel.yaml's round-trip loader drops the style of plain scalars, raises the same
stray exceptions, and takes twice as long to import as PyYAML.
"""

import re

import yaml

# A study nests 8 levels deep, a chain of `<<` counted as one.
DEPTH = 40
# Numbers of YAML 1.2, as ruamel.yaml reads them, that YAML 1.1 takes for words: 1e5, 0o17, 08.
NUMBER = re.compile(
    r"[-+][0-9_]+\Z|[-+]?(0o[0-7_]+|([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9_]+)([eE][-+]?[0-9]+)?)\Z"
)
WORD = "tag:yaml.org,2002:str"
KINDS = {"bool": "true or false", "float": "a number", "int": "a number", "null": "nothing"}
KINDS |= {"timestamp": "a date"}


class Refused(yaml.MarkedYAMLError):
    """YAML that is well formed, but holds what no value can be made of."""


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader; raises Refused, with a line, where it would raise something else."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node:
        """The next node; the depth is bounded here, before Python's stack is."""
        if self.depth >= DEPTH:
            text = f"this is nested deeper than {DEPTH} levels; take levels out"
            raise Refused(problem=text, problem_mark=self.peek_event().start_mark)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        """The value of a node. PyYAML's constructors raise nearly anything (2020-13-45, 0x_)."""
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except Exception as error:
            text = f"{short(node)} can't be read as {kind(node.tag)}; correct it, or quote it"
            raise Refused(problem=text, problem_mark=node.start_mark) from error


class Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper; quotes words that YAML 1.2 takes for numbers, too."""


Dumper.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-+.0123456789"))


def not_a_word(node: yaml.Node) -> str | None:
    """What YAML 1.1 or 1.2 takes a scalar for, in words, where that is no string."""
    if node.tag != WORD:
        return kind(node.tag)
    return KINDS["float"] if not node.style and NUMBER.match(node.value) else None


def kind(tag: str) -> str:
    """A tag in words: `a number` for `tag:yaml.org,2002:int`."""
    name = tag.rpartition(":")[2]
    return KINDS.get(name, name)


def short(node: yaml.Node) -> str:
    """The text of a scalar, cut where it is long."""
    text = str(node.value)
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
