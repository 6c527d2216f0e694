"""Which tasks there are, and which ways to combine predictions each allows: read from source,
because nothing here imports a task."""

import ast
from pathlib import Path
from typing import Any

from stages.command import Problem
from stages.study.options import allowed
from stages.study.source import Source

STAGES = Path(__file__).parent.parent
LEARNED, SCORED = STAGES / "tasks", STAGES / "scoring" / "tasks"


def known_tasks() -> list[str]:
    """The names of all tasks: the modules of stages/tasks/."""
    return sorted(file.stem for file in LEARNED.glob("[a-z]*.py"))


def constant(path: Path, name: str) -> Any:
    """A constant of a module, read from its source; None where it has none."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return None


def score(task: str) -> str:
    """What the score of a task is called."""
    return constant(LEARNED / f"{task}.py", "SCORE")


def combinations(task: str) -> list[str]:
    """The ways to combine members' predictions that a task allows: COMBINE of its module in
    stages/scoring/tasks/. Raises Problem where it is not there, or is no list of words."""
    path = SCORED / f"{task}.py"
    place = path.relative_to(STAGES.parent)
    if not path.is_file():
        raise Problem(f"{place} is missing: it says how the task {task!r} is scored; add it")
    if (ways := constant(path, "COMBINE")) is not None:
        return list(ways)
    text = 'add one like COMBINE = ("mean",): which ways to combine predictions the task allows'
    raise Problem(f"{place} has no COMBINE; {text}")


def refuse_unknown(task: str, combine: list[str], source: Source) -> None:
    """Raise Problem for a task that is not there, and for an ensemble's way to combine
    (`combine`, in their order) that it doesn't allow."""
    if task not in known_tasks():
        raise source.problem(("task",), f"{task!r} is not a task; {allowed(task, known_tasks())}")
    ways = combinations(task)
    for i, way in enumerate(combine):
        if way not in ways:
            text = f"{way!r} is not a way to combine predictions of {task}; {allowed(way, ways)}"
            raise source.problem(("ensembles", i, "combine"), text)
