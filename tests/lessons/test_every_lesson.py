"""What holds for every lesson: it explains itself, gives the same bytes, and stands in a study."""

import ast
import inspect
import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT

from stages import lessons
from stages.command import Problem
from stages.page.lessons import embedded, shown
from stages.study.lessons import known_lessons
from stages.study.source import Source
from stages.study.study import load, validate

NAMES = known_lessons()
TINY = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")


def test_lessons_are_known_without_being_imported():
    code = "import sys; from stages.study.lessons import known_lessons; print(known_lessons())"
    code += "; assert not any(name.startswith('stages.lessons') for name in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(said.stdout) == NAMES
    assert len(NAMES) >= 14


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_explains_itself_and_has_a_table_to_read(name):
    lesson = lessons.load(name)
    assert lesson.TITLE
    tables = lesson.tables()
    assert any(not table.drawn for table in tables.values())
    for table in tables.values():
        assert table.says.endswith(".")
        assert len(table.numbers)
        assert table.numbers.columns.is_unique
    [worked] = shown([name])
    assert {drawn.name for drawn in worked.drawn} <= tables.keys()
    drawn_from = {table for table, each in tables.items() if each.drawn}
    assert bool(drawn_from) <= bool(worked.drawn)
    assert " ".join(worked.paragraphs) == " ".join(inspect.getdoc(lesson).split())


def test_the_same_bytes_in_another_process():
    code = "from stages.page.lessons import embedded, shown; import sys;"
    code += "sys.stdout.write(repr(embedded(shown(sys.argv[1:]))))"
    said = subprocess.run(
        [sys.executable, "-c", code, *NAMES],
        cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert ast.literal_eval(said.stdout) == embedded(shown(NAMES))


def test_every_number_of_a_lesson_is_finite():
    for name in NAMES:
        for table in lessons.load(name).tables().values():
            numbers = table.numbers.select_dtypes("number")
            assert not numbers.isin([float("inf"), float("-inf")]).any(axis=None), name
            # A network of four hidden units has two outputs.
            assert name == "dropout" or not pd.isna(numbers).any(axis=None), name


@pytest.mark.parametrize("study", ["lessons", "everything"])
def test_every_lesson_stands_in_it(study):
    assert sorted(load(ROOT / "studies" / f"{study}.yaml").lessons) == NAMES


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[xor, alexnt]", "lessons.1: 'alexnt' is not a lesson; allowed: alexnet, "),
        ("[alexnt]", "did you mean 'alexnet'?"),
        ("[xor, xor]", "lessons.1: 'xor' stands here twice; remove one of them"),
        ("[../xor]", "lessons.0: found '../xor', it must be lowercase"),
        ("xor", "lessons: found 'xor', it must be a valid list"),
    ],
)
def test_one_line_says_what_is_wrong_with_lessons(written, told):
    with pytest.raises(Problem) as problem:
        validate(Source(f"{TINY}lessons: {written}\n", "tiny.yaml"))
    text = str(problem.value)
    assert told in text
    assert text.startswith(f"tiny.yaml:{len(TINY.splitlines()) + 1}: ")
    assert "\n" not in text
