"""Make a ready-made study the one that is run: copy it to params.yaml."""

from pathlib import Path

from stages import command, files
from stages.command import LOG, Problem
from stages.study.options import allowed
from stages.study.study import load


def main(study: Path, params: Path) -> None:
    """Copy `study` to `params`. Raises Problem where it isn't valid, or where `params` holds changes that no other study file holds."""
    ready = sorted(study.parent.glob("*.yaml"))
    if study not in ready:
        raise Problem(f"STUDY: {study.stem!r} is not in {study.parent}/; {allowed(study.stem, (file.stem for file in ready))}")
    load(study)
    if params.exists() and params.read_bytes() not in [file.read_bytes() for file in ready]:
        raise Problem(f"{params} holds changes of yours; keep them as {study.parent}/NAME.yaml, or delete {params}, and run again")
    files.write(params, study.read_bytes())
    LOG.info("%s is now the study %s", params, study.stem)


if __name__ == "__main__":
    command.run(main)
