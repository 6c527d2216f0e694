"""Make a ready-made study the one that is run: write it to params.yaml, with the lists that DVC
reads there."""

import io
from pathlib import Path

from ruamel.yaml import YAML

from stages import command, files, records
from stages.command import LOG, Problem
from stages.study.options import allowed
from stages.study.params import LISTS
from stages.study.study import load

WHY = "none; DVC reads these lists here"


def main(study: Path, params: Path) -> None:
    """Write `study` to `params`. Raises Problem where it isn't valid, or where `params` holds
    changes that no other study file holds."""
    ready = [path for path in records.below(study.parent) if path.suffix == ".yaml"]
    if study not in ready:
        names = allowed(study.stem, (file.stem for file in ready))
        raise Problem(f"STUDY: {study.stem!r} is not in {study.parent}/; {names}")
    load(study)
    if params.exists() and _changed(params, ready):
        what = f"keep them as {study.parent}/NAME.yaml, or delete {params}, and run again"
        raise Problem(f"{params} holds changes of yours; {what}")
    files.write(params, whole(study.read_text(encoding="utf-8")))
    LOG.info("%s is now the study %s", params, study.stem)


def whole(text: str) -> str:
    """The study `text` with every list that DVC reads in params.yaml, an empty one where the study
    has none. All else, comments too, stays as it is."""
    yaml = _round_trip()
    study = yaml.load(text)
    missing = [name for name in LISTS if name not in study]
    if not missing:
        return text
    # Behind the data sets: no comment of another key stands between them and what follows.
    place = list(study).index("datasets") + 1
    for name in reversed(missing):
        study.insert(place, name, [])
    study.yaml_add_eol_comment(WHY, missing[0])
    written = io.StringIO()
    yaml.dump(study, written)
    return written.getvalue()


def _round_trip() -> YAML:
    """A reader and writer that keeps a study as it stands, comments too."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _changed(params: Path, ready: list[Path]) -> bool:
    text = params.read_text(encoding="utf-8")
    return not any(_is(text, file) for file in ready)


def _is(text: str, file: Path) -> bool:
    """Whether `text` is a ready-made study's, as it is or whole; of an invalid one, as it is."""
    ready = file.read_text(encoding="utf-8")
    try:
        load(file)
    except Problem:
        return text == ready
    return text in (ready, whole(ready))


if __name__ == "__main__":
    command.run(main)
