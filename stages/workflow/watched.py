"""Which folders of one's own images DVC looks at: those below the dependencies of `check`."""

import os
from pathlib import Path

import yaml

from stages.study.schema import Study

GRAPH = Path("dvc.yaml")


def unwatched(study: Study) -> list[str]:
    """The folders of a study's data sets that dvc.yaml doesn't list. Its own lists none, because a
    folder that is not there is an error to DVC, and most studies have none."""
    if not GRAPH.is_file():
        return []
    listed = yaml.safe_load(GRAPH.read_text(encoding="utf-8"))["stages"]["check"]["deps"]
    known = {os.path.normpath(path) for path in listed}
    stanzas = (study.data.get(name, {}) for name in study.datasets)
    paths = [stanza["path"] for stanza in stanzas if "path" in stanza]
    return [path for path in paths if os.path.normpath(path) not in known]
