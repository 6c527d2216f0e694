"""Which lessons there are: the modules of a folder, because nothing here imports one."""

from pathlib import Path

from stages.study.options import allowed
from stages.study.source import Source

LESSONS = Path(__file__).parent.parent / "lessons"


def known_lessons() -> list[str]:
    """The names of all lessons: the modules of stages/lessons/."""
    return sorted(file.stem for file in LESSONS.glob("[a-z]*.py"))


def refuse_wrong_names(names: list[str], source: Source) -> None:
    """Raise Problem for a lesson that is not there, or stands there twice."""
    known = known_lessons()
    for i, name in enumerate(names):
        if name not in known:
            text = f"{name!r} is not a lesson; {allowed(name, known)}"
            raise source.problem(("lessons", i), text)
        if name in names[:i]:
            text = f"{name!r} stands here twice; remove one of them"
            raise source.problem(("lessons", i), text)
