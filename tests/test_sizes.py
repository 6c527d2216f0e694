"""How large files, classes, functions and lines may be, and how many doors there are: all
offenders in one message."""

import ast
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT

WIDEST = 100
LONGEST_FILE, USUAL_FILE = 250, 150
LONGEST_FUNCTION, USUAL_FUNCTION = 40, 17
LONGEST_CLASS = 150
DOORS = 11
# The share of files and of functions that keep to the usual length.
USUAL = 0.9
CODE = ["stages/**/*.py"]
READ_BY_PEOPLE = [
    *CODE,
    *("tests/**/*.py", "benchmarks/**/*.py", "Snakefile", "params.yaml", "dvc.yaml"),
    *("studies/*.yaml", "tests/**/*.yaml", "profiles/**/*.yaml", "reports/claims.yaml"),
    *("reports/*.js", "reports/*.css", "reports/*.j2", "stages/**/*.j2", "tests/*.sh"),
    *("Makefile", "pyproject.toml", "environment.yaml", ".pre-commit-config.yaml"),
]


def files(patterns: list[str]) -> list[Path]:
    """The files of the project that match, from its root."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path.relative_to(ROOT) for path in found)


def lines(file: Path) -> list[str]:
    return (ROOT / file).read_text(encoding="utf-8").splitlines()


def nodes(*kinds: type) -> Iterator[tuple[str, int]]:
    """Where each function or class of stages/ stands, and how many lines it has."""
    for file in files(CODE):
        for node in ast.walk(ast.parse("\n".join(lines(file)))):
            if isinstance(node, kinds):
                yield f"{file}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def too_long(what: str, sizes: dict[str, int], usual: int, longest: int) -> list[str]:
    """Those above `longest`; and all above `usual`, longest first, where
    they are more than a tenth."""
    above = sorted(
        (place for place, size in sizes.items() if size > usual), key=sizes.get, reverse=True
    )
    many = len(above) > (1 - USUAL) * len(sizes)
    found = [
        f"{place}: {sizes[place]} lines; at most {longest}"
        for place in above
        if sizes[place] > longest
    ]
    if many:
        share = f"{1 - len(above) / len(sizes):.1%} of {len(sizes)} {what}"
        share += f" have at most {usual} lines, it must be {USUAL:.0%}"
        found += [
            share,
            *(f"{place}: {sizes[place]} lines" for place in above if sizes[place] <= longest),
        ]
    return found


def test_files_functions_and_classes_are_short():
    sizes = {str(file): len(lines(file)) for file in files(CODE)}
    found = too_long("files", sizes, USUAL_FILE, LONGEST_FILE)
    found += too_long("functions", dict(nodes(ast.FunctionDef)), USUAL_FUNCTION, LONGEST_FUNCTION)
    classes = dict(nodes(ast.ClassDef))
    found += [
        f"{place}: {size} lines; at most {LONGEST_CLASS}"
        for place, size in classes.items()
        if size > LONGEST_CLASS
    ]
    assert not found, "\n" + "\n".join(found)


def test_no_line_is_too_wide():
    found = [
        f"{file}:{number}: {len(line)} characters; at most {WIDEST}"
        for file in files(READ_BY_PEOPLE)
        for number, line in enumerate(lines(file), start=1)
        if len(line) > WIDEST
    ]
    assert not found, "\n" + "\n".join(found)


def test_nothing_but_doors_stands_at_the_top():
    doors = sorted(file.name for file in (ROOT / "stages").glob("*.py"))
    assert len(doors) <= DOORS, doors
