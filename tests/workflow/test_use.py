"""A ready-made study as params.yaml: every list that DVC reads is there, all else as it was."""

import pytest
from conftest import ROOT, TINY

from stages.command import Problem
from stages.study.params import LISTS
from stages.study.source import Source
from stages.study.study import load, validate
from stages.workflow import use

STUDIES = sorted((ROOT / "studies").glob("*.yaml"))


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_only_lists_are_added_and_every_other_line_stays(study):
    text = study.read_text(encoding="utf-8")
    whole = use.whole(text)
    lines = whole.splitlines()
    assert [
        line for line in lines if not line.startswith(tuple(f"{name}: []" for name in LISTS))
    ] == text.splitlines()
    assert all(name in Source(whole, "params.yaml").values for name in LISTS)
    assert validate(Source(whole, "params.yaml")) == load(study)


def test_what_is_whole_is_left_alone():
    text = TINY.read_text(encoding="utf-8")
    assert use.whole(text) == text


def test_params_yaml_is_a_ready_made_study_made_whole():
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    assert text in [use.whole(study.read_text(encoding="utf-8")) for study in STUDIES]


def test_one_study_after_the_other_and_never_over_changes(tmp_path):
    studies, params = tmp_path / "studies", tmp_path / "params.yaml"
    studies.mkdir()
    for name in ("quickstart.yaml", "ablations.yaml"):
        (studies / name).write_bytes((ROOT / "studies" / name).read_bytes())
    (studies / "broken.yaml").write_text("ladder: [", encoding="utf-8")
    use.main(studies / "quickstart.yaml", params)
    use.main(studies / "ablations.yaml", params)
    assert load(params) == load(studies / "ablations.yaml")
    params.write_bytes((studies / "quickstart.yaml").read_bytes())
    use.main(studies / "ablations.yaml", params)
    params.write_text(params.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    with pytest.raises(Problem, match="holds changes of yours"):
        use.main(studies / "quickstart.yaml", params)
