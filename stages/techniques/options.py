"""What a study may say of the techniques: which names each slot has, and the types
that their options may have.

A slot is a module of this room, or a folder of modules; its names are their public functions.
What starts with _ is shared by several names and none itself. All of it is read as source,
without importing it, and nothing heavy is imported here: `snakemake -n` reads it on every start,
and so does every training job.
"""

import ast
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from annotated_types import Ge, Gt, Le, Lt

from stages.command import Problem

ROOM = Path(__file__).parent

# Annotate a keyword-only parameter with one of these and it is checked.
Positive = Annotated[float, Gt(0)]
NonNegative = Annotated[float, Ge(0)]
Fraction = Annotated[float, Ge(0), Lt(1)]
Share = Annotated[float, Ge(0), Le(1)]
PositiveShare = Annotated[float, Gt(0), Le(1)]
Count = Annotated[int, Ge(1)]
Two = Annotated[int, Ge(2)]
Whole = Annotated[int, Ge(0)]
Real = float
Flag = bool
Padding = Literal["same", "valid"]
Pool = Literal["max", "average", "none"]
Skips = Annotated[int, Ge(0), Le(2)]
Upsampling = Literal["transposed", "nearest"]
Enlargement = Literal["transposed", "nearest", "bicubic"]


class Named(NamedTuple):
    """A name of a slot: the module that holds it, and its function's syntax."""

    module: str
    function: ast.FunctionDef


@cache
def slots() -> dict[str, dict[str, Named]]:
    """Every slot with its names. Raises Problem for a file that is no Python."""
    places = sorted(
        path for path in ROOM.iterdir() if path.name[0].isalpha() and path != Path(__file__)
    )
    found = {path.stem: _names(path) for path in places if path.suffix == ".py" or path.is_dir()}
    return {slot: names for slot, names in found.items() if names}


def _names(place: Path) -> dict[str, Named]:
    """The names of a slot, in the order of its modules."""
    modules = [place] if place.suffix == ".py" else sorted(place.glob("[a-z]*.py"))
    return {
        node.name: Named(_dotted(file), node)
        for file in modules
        for node in _public_functions(file)
    }


def _dotted(file: Path) -> str:
    return ".".join(["stages", "techniques", *file.relative_to(ROOM).with_suffix("").parts])


def _public_functions(file: Path) -> list[ast.FunctionDef]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise Problem(f"{file}:{error.lineno}: {error.msg}; mend the file") from error
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
