"""What params.yaml must have that another study file need not: the lists that DVC reads there."""

from pathlib import Path

from stages.study import old
from stages.study.source import Source

PARAMS = Path("params.yaml")
# dvc.yaml's matrices go over these, before anything validates the study; other files need not have
# them. (They go over the data sets and the ladder, too, which no study can do without.)
LISTS = ("beside", "ensembles", "starts")


def refuse_missing_lists(source: Source) -> None:
    """Raise Problem where a list is absent that DVC needs."""
    old.refuse(source)
    missing = [name for name in LISTS if name not in source.values]
    if missing:
        names, lines = ", ".join(missing), " and ".join(f"`{name}: []`" for name in missing)
        text = (
            f"DVC reads {names} here before anything runs; add {lines}, or run make use STUDY=NAME"
        )
        raise source.problem((), text)
